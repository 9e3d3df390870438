import { ValidateBy, buildMessage } from 'class-validator';

export const LONGEST_NAME = 50;
/** Control, format, surrogate and private-use characters, and all white space but the plain space. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|[^\P{Zs} ]/u;
/** As names they would be lost: in objects, or in the paths of the API. */
const LOST_NAMES = ['__proto__', '.', '..'];

export function nameRule(longest: number): string {
  return `must be 1-${longest} printable characters that neither begin nor end with a space, and none of ${LOST_NAMES.join(', ')}`;
}

/** Whether a text can name something that people read, write in a push and find in a path. */
export function isName(value: unknown, longest = LONGEST_NAME): value is string {
  if (typeof value !== 'string' || UNPRINTABLE.test(value) || LOST_NAMES.includes(value)) return false;
  const { length } = Array.from(value);
  return length >= 1 && length <= longest && value.trim() === value;
}

export function IsName(longest = LONGEST_NAME): PropertyDecorator {
  const validate = (value: unknown) => isName(value, longest);
  const defaultMessage = buildMessage(() => `$property ${nameRule(longest)}`);
  return ValidateBy({ name: 'isName', validator: { validate, defaultMessage } });
}

/** Without the prefix; Slack's own have 10 characters and more. */
const CANVAS_ID = /^F([A-Z0-9]{8,})$/;
const PLACEHOLDER_WORD = /PLACEHOLDER|CHANGEME|REPLACEME|EXAMPLE|SAMPLE|YOURCANVAS|X{6}/;

/** Whether a text can be the id of a canvas, and is not one that was written down to be replaced, as `FXXXXXXXXXX`. */
function isCanvasId(value: unknown): boolean {
  const characters = typeof value === 'string' ? CANVAS_ID.exec(value)?.[1] : undefined;
  return characters !== undefined && !PLACEHOLDER_WORD.test(characters) && !isRepetition(characters);
}

export function IsCanvasId(): PropertyDecorator {
  const validate = (value: unknown) => isCanvasId(value);
  const defaultMessage = buildMessage(
    () =>
      '$property must be the id of a canvas (F and at least 8 capital letters or digits), not a placeholder such as FXXXXXXXXXX',
  );
  return ValidateBy({ name: 'isCanvasId', validator: { validate, defaultMessage } });
}

function isRepetition(text: string): boolean {
  return new Set(text).size === 1;
}

/** Places of texts that repeat an earlier one, capital letters and ways to write an accent aside, with the place of the earlier. */
export function findRepeated(texts: readonly string[]): ReadonlyMap<number, number> {
  const first = new Map<string, number>();
  const repeated = new Map<number, number>();
  for (const [index, text] of texts.entries()) {
    const folded = text.normalize('NFC').toLowerCase();
    const earlier = first.get(folded);
    if (earlier === undefined) first.set(folded, index);
    else repeated.set(index, earlier);
  }
  return repeated;
}
