/** Vesper cannot start with this configuration. The message lists every fault, for the one who has to mend it. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    const noun = faults.length === 1 ? 'fault' : 'faults';
    super(
      [`The configuration has ${faults.length} ${noun}:`, ...faults.map((fault) => `  - ${fault}`)].join(
        '\n',
      ),
    );
    this.name = 'ConfigError';
  }
}
