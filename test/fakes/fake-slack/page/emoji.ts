/** The shortcodes Vesper may use; anything else stays as typed, as an unknown emoji does in Slack. */
const EMOJI: Readonly<Record<string, string>> = {
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  warning: '⚠️',
  white_large_square: '⬜',
  large_yellow_circle: '🟡',
  large_green_circle: '🟢',
  large_blue_circle: '🔵',
  red_circle: '🔴',
  white_circle: '⚪',
  black_circle: '⚫',
  large_orange_circle: '🟠',
  rotating_light: '🚨',
  bell: '🔔',
  no_bell: '🔕',
  mute: '🔇',
  zzz: '💤',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  clock: '🕐',
  alarm_clock: '⏰',
  stopwatch: '⏱️',
  arrows_counterclockwise: '🔄',
  fast_forward: '⏩',
  information_source: 'ℹ️',
  question: '❓',
  tada: '🎉',
  eyes: '👀',
  mag: '🔍',
  fire: '🔥',
  gear: '⚙️',
  wrench: '🔧',
  link: '🔗',
  chart_with_upwards_trend: '📈',
  bar_chart: '📊',
  calendar: '📅',
  crescent_moon: '🌙',
  star2: '🌟',
  sunrise: '🌅',
  memo: '📝',
  speech_balloon: '💬',
  skull: '💀',
};

export function withEmoji(text: string): string {
  return text.replace(/:([a-z0-9_+-]+):/g, (code, name: string) =>
    Object.hasOwn(EMOJI, name) ? (EMOJI[name] ?? code) : code,
  );
}

const SHORTCODES = new Map(Object.entries(EMOJI).map(([name, character]) => [character, `:${name}:`]));

/** The reverse of `withEmoji`, as far as the names are known here. */
export function withShortcodes(text: string): string {
  return text.replace(
    /\p{Extended_Pictographic}\uFE0F?/gu,
    (character) => SHORTCODES.get(character) ?? character,
  );
}

/** Looks an emoji up by its bare name, as rich text carries it. */
export function emojiNamed(name: string): string {
  return withEmoji(`:${name}:`);
}
