import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every test in one process: the CDK is loaded once and not once for each file, which would take longer than all tests together. */
for (const name of readdirSync(__dirname).filter((name) => name.endsWith('.test.js')))
  require(join(__dirname, name));
