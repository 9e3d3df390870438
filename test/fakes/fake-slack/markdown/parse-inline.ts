import { Inline } from './document';
import { mergeText, resolveEmphasis, toDelimiterRun, Unresolved } from './emphasis';
import { decodeEntity } from './entities';
import { LinkReferences, readLinkTarget } from './link-target';

interface Bracket {
  readonly kind: 'bracket';
  readonly isImage: boolean;
  /** Where the text after the bracket begins. */
  readonly textStart: number;
  /** No link within a link. */
  isActive: boolean;
}

type Node = Unresolved | Bracket;

const PLAIN = /[^\\`<&![\]*_~\n]+/y;
const CODE = /(?<!`)(`+)(?!`)([\s\S]*?[^`])\1(?!`)/y;
const AUTOLINK = /<([a-z][a-z0-9+.-]{1,31}:[^\s<>]*)>/iy;
const MAIL = /<([\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9.-]+)>/iy;
/** Tags, comments, declarations and instructions, by CommonMark's grammar. */
const HTML =
  /<(?:[a-z][a-z0-9-]*(?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s*\/?|\/[a-z][a-z0-9-]*\s*|!--[\s\S]*?--|\?[\s\S]*?\?|![a-z][^>]*|!\[CDATA\[[\s\S]*?\]\])>/iy;
const ENTITY = /&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});/iy;
const ESCAPE = /\\([!-/:-@[-`{-~])/y;
const MENTION = /^([@#])([A-Z0-9]{2,})$/;

/** Reads the text of a paragraph, heading or cell. */
export function parseInline(text: string, references: LinkReferences): Inline[] {
  return new InlineReader(text, references).read();
}

class InlineReader {
  private position = 0;
  private nodes: Node[] = [];

  constructor(
    private readonly text: string,
    private readonly references: LinkReferences,
  ) {}

  read(): Inline[] {
    while (this.position < this.text.length) this.step();
    return resolveEmphasis(this.nodes.map(settle));
  }

  private step(): void {
    const plain = this.take(PLAIN);
    if (plain) return this.push({ kind: 'text', text: plain[0] });
    switch (this.text[this.position]) {
      case '\\':
        return this.readBackslash();
      case '`':
        return this.readCode();
      case '<':
        return this.readAngle();
      case '&':
        return this.readEntity();
      case '[':
        return this.openBracket(false);
      case '!':
        return this.text[this.position + 1] === '[' ? this.openBracket(true) : this.readCharacter();
      case ']':
        return this.closeBracket();
      case '\n':
        return this.readLineEnd();
      default:
        return this.readRun();
    }
  }

  private readBackslash(): void {
    const escaped = this.take(ESCAPE)?.[1];
    if (escaped !== undefined) return this.push({ kind: 'text', text: escaped });
    if (this.text[this.position + 1] !== '\n') return this.readCharacter();
    this.position += 2;
    this.push({ kind: 'break' });
  }

  private readCode(): void {
    const code = this.take(CODE)?.[2];
    if (code === undefined) {
      const ticks = this.take(/`+/y);
      return this.push({ kind: 'text', text: ticks?.[0] ?? '' });
    }
    const flat = code.replaceAll('\n', ' ');
    const isPadded = flat.startsWith(' ') && flat.endsWith(' ') && flat.trim() !== '';
    this.push({ kind: 'code', text: isPadded ? flat.slice(1, -1) : flat });
  }

  private readAngle(): void {
    const link = this.take(AUTOLINK) ?? this.take(MAIL);
    if (link?.[1] !== undefined) {
      const url = link[0].includes(':') ? link[1] : `mailto:${link[1]}`;
      return this.push({ kind: 'link', url, children: [{ kind: 'text', text: link[1] }], raw: link[0] });
    }
    const tag = this.take(HTML);
    if (tag) return this.push({ kind: 'html', raw: tag[0] });
    this.readCharacter();
  }

  private readEntity(): void {
    const entity = this.take(ENTITY)?.[0];
    if (entity === undefined) return this.readCharacter();
    this.push({ kind: 'text', text: decodeEntity(entity) ?? entity });
  }

  /** Two spaces before it make a line's end a break; else it is as good as a space. */
  private readLineEnd(): void {
    const isBreak = this.text.slice(Math.max(0, this.position - 2), this.position) === '  ';
    this.position += 1;
    const last = this.nodes.at(-1);
    if (last?.kind === 'text') {
      this.nodes[this.nodes.length - 1] = { kind: 'text', text: last.text.replace(/ +$/, '') };
    }
    this.push(isBreak ? { kind: 'break' } : { kind: 'text', text: ' ' });
  }

  private readRun(): void {
    const start = this.position;
    const character = this.text[start];
    while (this.text[this.position] === character) this.position += 1;
    this.push(toDelimiterRun(this.text, start, this.position));
  }

  private readCharacter(): void {
    this.push({ kind: 'text', text: this.text[this.position] ?? '' });
    this.position += 1;
  }

  private openBracket(isImage: boolean): void {
    this.position += isImage ? 2 : 1;
    this.push({ kind: 'bracket', isImage, textStart: this.position, isActive: true });
  }

  private closeBracket(): void {
    const index = this.nodes.findLastIndex((node) => node.kind === 'bracket');
    const opener = this.nodes[index];
    if (opener?.kind !== 'bracket') return this.readCharacter();
    const label = this.text.slice(opener.textStart, this.position);
    const target = opener.isActive
      ? readLinkTarget(this.text, this.position + 1, label, this.references)
      : null;
    if (!target) {
      this.nodes[index] = settle(opener);
      return this.readCharacter();
    }
    const start = opener.textStart - (opener.isImage ? 2 : 1);
    const raw = this.text.slice(start, target.end);
    const children = resolveEmphasis(this.nodes.splice(index).slice(1).map(settle));
    this.position = target.end;
    if (opener.isImage) return this.push(toUnfurl(target.url, label, raw));
    this.push({ kind: 'link', url: target.url, children: mergeText(children), raw });
    for (const node of this.nodes) if (node.kind === 'bracket' && !node.isImage) node.isActive = false;
  }

  private push(node: Node): void {
    this.nodes.push(node);
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (match) this.position += match[0].length;
    return match;
  }
}

/** A bracket that opened nothing is text. */
function settle(node: Node): Unresolved {
  return node.kind === 'bracket' ? { kind: 'text', text: node.isImage ? '![' : '[' } : node;
}

function toUnfurl(url: string, label: string, raw: string): Inline {
  const mention = MENTION.exec(url);
  if (!mention?.[2]) return { kind: 'unfurl', url, label, raw };
  return { kind: 'mention', target: mention[1] === '@' ? 'user' : 'channel', id: mention[2], raw };
}
