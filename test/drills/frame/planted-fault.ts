import { dirname, join } from 'node:path';
import type { Sabotage, VesperExtras } from './drill';

const PRELOAD = join(__dirname, 'preload/faults.cjs');
const FAULT = 'DRILL_FAULT';

/** @returns what a Vesper that is to have the fault is started with; nothing when it is planted elsewhere */
export function plantedFault(sabotage: Sabotage | undefined): VesperExtras {
  if (sabotage?.inVesper === undefined) return { nodeArgs: [], env: {} };
  return { nodeArgs: ['--require', PRELOAD], env: { [FAULT]: sabotage.inVesper } };
}

/** What is run instead of the one file, in which no module can be got at: with a planted fault what that was made of. */
export function mainFor(env: Readonly<Record<string, string>>, main: string): string {
  return env[FAULT] === undefined ? main : join(dirname(main), 'main.js');
}
