import { parseMarkdown } from '../markdown/parse-markdown';
import { CanvasAuthor, CanvasOperation, channelsOf, FakeCanvas } from './canvas';
import { scanCanvas } from './scan-canvas';

/** Long drills edit one canvas for hours; its oldest edits are forgotten first. */
const KEPT_EDITS = 2_000;
const UNTITLED = 'Untitled';

export interface CanvasDraft {
  /** Default the next free one. */
  readonly id?: string;
  readonly title: string;
  readonly markdown: string;
  readonly by: CanvasAuthor;
  /** A channel that gets it as a tab, with the access given. */
  readonly tab: { readonly channel: string; readonly access: 'read' | 'write' } | null;
  readonly isChannelCanvas: boolean;
}

/** The canvases of the workspace. It checks nothing; the methods do. Every canvas handed out is a snapshot. */
export class Canvases {
  private readonly byId = new Map<string, FakeCanvas>();
  /** Goes on after a reset: an id someone still remembers must not lead to another canvas. */
  private lastNumber = 0;

  constructor(
    private readonly now: () => number,
    private readonly changed: () => void,
  ) {}

  reset(): void {
    this.byId.clear();
  }

  /** In order of creation, deleted ones included. */
  list(): FakeCanvas[] {
    return [...this.byId.values()];
  }

  find(id: string): FakeCanvas | null {
    return this.byId.get(id) ?? null;
  }

  /** The living ones a channel shows. */
  shownIn(channelId: string): FakeCanvas[] {
    return this.list().filter((canvas) => !canvas.deleted && channelsOf(canvas).includes(channelId));
  }

  create(draft: CanvasDraft): FakeCanvas {
    const id = draft.id ?? this.nextId();
    if (this.byId.has(id)) throw new Error(`canvas ${id} exists already`);
    const channel = draft.tab?.channel;
    return this.keep({
      id,
      title: draft.title || UNTITLED,
      ...withFindings(draft.markdown),
      channelCanvasOf: draft.isChannelCanvas && channel !== undefined ? channel : null,
      tabbedIn: channel === undefined ? [] : [channel],
      channelAccess: draft.tab ? { [draft.tab.channel]: draft.tab.access } : {},
      userAccess: {},
      createdBy: draft.by,
      createdAt: this.now(),
      revision: 1,
      edits: [],
      isLocked: false,
      deleted: false,
    });
  }

  edit(
    id: string,
    operation: CanvasOperation,
    next: Pick<FakeCanvas, 'title' | 'markdown'>,
    by: CanvasAuthor,
  ): FakeCanvas {
    const canvas = this.mustFind(id);
    const edit = { at: this.now(), by, operation, title: next.title, markdown: next.markdown };
    return this.keep({
      ...canvas,
      ...withFindings(next.markdown),
      title: next.title,
      revision: canvas.revision + 1,
      edits: [...canvas.edits, edit].slice(-KEPT_EDITS),
    });
  }

  change(
    id: string,
    changes: Partial<Pick<FakeCanvas, 'isLocked' | 'deleted' | 'channelAccess' | 'userAccess'>>,
  ): FakeCanvas {
    return this.keep({ ...this.mustFind(id), ...changes });
  }

  private keep(canvas: FakeCanvas): FakeCanvas {
    this.byId.set(canvas.id, canvas);
    this.changed();
    return canvas;
  }

  /** Throws if there is none, or none any more. */
  private mustFind(id: string): FakeCanvas {
    const canvas = this.byId.get(id);
    if (!canvas || canvas.deleted) throw new Error(`no canvas ${id}`);
    return canvas;
  }

  private nextId(): string {
    do this.lastNumber += 1;
    while (this.byId.has(toId(this.lastNumber)));
    return toId(this.lastNumber);
  }
}

/** Of the length and the look of Slack's. */
function toId(number: number): string {
  return `F09KT${number.toString(36).toUpperCase().padStart(6, '0')}`;
}

function withFindings(markdown: string): Pick<FakeCanvas, 'markdown' | 'mentions' | 'markupWarnings'> {
  return { markdown, ...scanCanvas(parseMarkdown(markdown)) };
}
