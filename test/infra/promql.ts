/** What of PromQL the project uses. */
const WORDS = new Set(
  'absent and by changes histogram_quantile increase label_values max offset or rate sum time topk unless'.split(
    ' ',
  ),
);
const SELECTOR = /([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g;
const MATCHER = /([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;
const GROUPING = /\bby\s*\(([^)]*)\)/g;
const DURATION = /\[[^\]]*\]|\boffset\s+\w+/g;
const IDENTIFIER = /(?<![\w$.])[a-zA-Z_:][\w:]*/g;

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** What a query reads. */
export interface Query {
  readonly metrics: ReadonlySet<string>;
  /** Of each metric that is selected by labels. */
  readonly matchers: readonly (Matcher & { readonly metric: string })[];
  /** Labels by which anything is kept apart. */
  readonly groupedBy: readonly string[];
}

/** Takes a query apart as far as it names metrics and labels. Any word that is neither PromQL nor a label counts as a metric. */
export function readQuery(text: string): Query {
  const matchers = [...text.matchAll(SELECTOR)].flatMap(([, metric = '', inner = '']) =>
    [...inner.matchAll(MATCHER)].map(([, label = '', operator = '', value = '']) => ({
      metric,
      label,
      operator,
      value,
    })),
  );
  const groupedBy = [...text.matchAll(GROUPING)].flatMap(([, labels = '']) =>
    labels.split(',').map((label) => label.trim()),
  );
  const bare = text
    .replaceAll(SELECTOR, '$1 ')
    .replaceAll(GROUPING, ' ')
    .replaceAll(DURATION, ' ')
    // Grafana's own function ends in the label that it lists.
    .replaceAll(/,\s*\w+\s*\)\s*$/g, ')');
  const metrics = [...bare.matchAll(IDENTIFIER)].map(([word]) => word).filter((word) => !WORDS.has(word));
  return { metrics: new Set(metrics), matchers, groupedBy };
}
