import type { DtoReader } from '../validation/dto-reader';
import { isJsonObject, itemPlace, memberPlace, type JsonNode } from './json-text';

/** Violations begin with the field's name. */
const FIELD = /^\S+/;

/** A value in a configuration file, with its place. Whoever finds it wrong says so here; its faults never quote values, which may be secrets. */
export class FilePart {
  private constructor(
    readonly place: string,
    readonly value: JsonNode | undefined,
    private readonly report: string[],
    private readonly unresolved: ReadonlySet<string>,
  ) {}

  /**
   * @param report takes the faults
   * @param unresolved places of which nothing is said, because a fault was said already
   */
  static whole(document: JsonNode, report: string[], unresolved: ReadonlySet<string>): FilePart {
    return new FilePart('', document, report, unresolved);
  }

  /** `null` counts as absent. */
  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  member(name: string): FilePart {
    const value = isJsonObject(this.value) ? this.value[name] : undefined;
    return new FilePart(memberPlace(this.place, name), value, this.report, this.unresolved);
  }

  /** Members of an object by name, in the order of the file; none of anything else. */
  members(): readonly (readonly [string, FilePart])[] {
    if (!isJsonObject(this.value)) return [];
    return Object.keys(this.value).map((name) => [name, this.member(name)] as const);
  }

  /** Items of an array; none of anything else. */
  items(): readonly FilePart[] {
    if (!Array.isArray(this.value)) return [];
    return this.value.map(
      (item: JsonNode, index) =>
        new FilePart(itemPlace(this.place, index), item, this.report, this.unresolved),
    );
  }

  /** @returns `null` when a rule is broken, which is said */
  read<T extends object>(reader: DtoReader<T>): T | null {
    if (!isJsonObject(this.value)) {
      this.refuse('must be an object');
      return null;
    }
    const reading = reader.read(this.value);
    if (reading.ok) return reading.dto;
    for (const violation of reading.violations) {
      const field = FIELD.exec(violation)?.[0] ?? '';
      if (!this.unresolved.has(memberPlace(this.place, field))) this.refuse(violation);
    }
    return null;
  }

  refuse(fault: string): void {
    if (this.unresolved.has(this.place)) return;
    this.report.push(this.place === '' ? fault : `${this.place}: ${fault}`);
  }
}
