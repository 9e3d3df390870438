import { isRecord } from '../blocks/rule';

export type Fields = Readonly<Record<string, unknown>>;

/** Blocks were checked when they came in; these only spare the renderers the casts. */
export function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The `text` string of a text object, a cell or a block. */
export function textOf(value: unknown): string {
  const { text } = fieldsOf(value);
  return typeof text === 'string' ? text : '';
}
