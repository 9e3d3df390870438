const LONGEST_TEXT = 500;
/** Beyond this nobody looks: a stack trace is long, and its first lines say it. */
const LONGEST_READ = 16_000;
const REDACTED = '[redacted]';
const SHORTEST_SECRET = 4;

/** Lines of a Java stack trace, and what says that there are more. */
const STACK_LINES =
  /^[ \t]*(?:at [\w$.<>/]+\(.*\)|\.\.\. \d+ (?:more|common frames omitted)|Caused by:.*)[ \t]*$/gm;
const NAMED_SECRET =
  /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|authorization|credentials?)["']?\s*[=:]\s*)(?:(?:basic|bearer)\s+)?("[^"]*"|'[^']*'|[^\s,;&"'}\])]+)/gi;
const HEADER_VALUE = /\b(Basic|Bearer)\s+[\w.~+/=-]{6,}/g;
const USER_IN_ADDRESS = /(:\/\/)[^\s/@]+@/g;
/** As JDBC writes user and password: `thin:user/password@host`. Without a limit each `jdbc:` of a text that repeats it would be searched to its end. */
const USER_IN_JDBC = /\b(jdbc:[\w:]{1,100}:)[^\s/@:]+\/[^\s@]+@/g;

/** Where EPM, its web server and its proxies put a text, the best first (contracts of Oracle EPM, "Error body shapes vary"). */
const TEXT_FIELDS = [
  'details',
  'detail',
  'message',
  'localizedMessage',
  'errorMessage',
  'error_description',
  'error',
  'title',
];
const DEEPEST = 3;

/**
 * A text of somebody else's as it may stand on a board, in a log and in an alert: one line of at most 500 characters without
 * stack traces and without what looks like a secret.
 * @param secrets what must not be shown wherever it stands
 * @returns `null` when nothing is left of it
 */
export function toShown(text: string | null, secrets: Iterable<string> = []): string | null {
  if (text === null) return null;
  let shown = text.slice(0, LONGEST_READ);
  for (const secret of secrets) shown = without(shown, secret.toWellFormed());
  shown = shown
    .replace(STACK_LINES, '')
    .replace(NAMED_SECRET, `$1${REDACTED}`)
    .replace(HEADER_VALUE, `$1 ${REDACTED}`)
    .replace(USER_IN_JDBC, `$1${REDACTED}@`)
    .replace(USER_IN_ADDRESS, `$1${REDACTED}@`)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .toWellFormed();
  if (shown === '') return null;
  return shown.length <= LONGEST_TEXT ? shown : `${shown.slice(0, LONGEST_TEXT - 1).toWellFormed()}…`;
}

/** A secret so short that it is part of any text is left to the patterns. */
function without(text: string, secret: string): string {
  if (secret.length < SHORTEST_SECRET) return text;
  return text.replaceAll(secret, REDACTED).replaceAll(encodeURIComponent(secret), REDACTED);
}

/** What a value of any shape says: a text, a list of them, or an object with one; `null` when it says nothing. */
export function textOf(value: unknown, depth = 0): string | null {
  if (typeof value === 'string') return value.trim() === '' || value.trim() === 'null' ? null : value;
  if (typeof value !== 'object' || value === null || depth >= DEEPEST) return null;
  if (Array.isArray(value)) {
    const texts = value.map((item) => textOf(item, depth + 1)).filter((text) => text !== null);
    return texts.length === 0 ? null : texts.join('; ');
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const field of TEXT_FIELDS) {
    const text = textOf(fields[field], depth + 1);
    if (text !== null) return text;
  }
  return null;
}
