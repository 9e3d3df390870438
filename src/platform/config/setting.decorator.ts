import 'reflect-metadata';

/** What is known about one environment variable, besides the rules that its property carries. */
export interface SettingFacts {
  /** As it would be written in the environment; empty when there is none. */
  readonly default: string;
  /** `null` where the value has no unit. */
  readonly unit: string | null;
  /** One sentence for .env.example and docs/CONFIGURATION.md. */
  readonly about: string;
  readonly secret?: boolean;
}

export interface Setting extends SettingFacts {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'flag';
}

const SETTINGS = Symbol('settings');
const KINDS = new Map<unknown, Setting['kind']>([
  [String, 'text'],
  [Number, 'number'],
  [Boolean, 'flag'],
]);

/** Declares a property as the environment variable of the same name; its declared type says how the text is read. */
export function Setting(facts: SettingFacts): PropertyDecorator {
  return (prototype, property) => {
    const name = String(property);
    const kind = KINDS.get(Reflect.getMetadata('design:type', prototype, property));
    if (kind === undefined) throw new TypeError(`setting ${name} must be a string, number or boolean`);
    const settings = [...settingsOf(prototype), { ...facts, name, kind }];
    Reflect.defineMetadata(SETTINGS, settings, prototype);
  };
}

/** The settings of a class in the order of their declaration. */
export function settingsOf(prototype: object): readonly Setting[] {
  return (Reflect.getMetadata(SETTINGS, prototype) as readonly Setting[] | undefined) ?? [];
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What the text says; the text itself, for the rules to refuse, when it does not say a value of the setting's kind. */
export function parseSetting(setting: Setting, text: string): string | number | boolean {
  if (setting.kind === 'number' && DECIMAL.test(text)) return Number(text);
  if (setting.kind === 'flag' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
