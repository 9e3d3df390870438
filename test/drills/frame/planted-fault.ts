import { join } from 'node:path';
import type { VesperOptions } from './vesper-process';

const PRELOAD = join(__dirname, 'preload/faults.cjs');

/** @param name of a fault in preload/faults.cjs. @returns what a Vesper that has it is started with */
export function plantedFault(name: string): Required<Pick<VesperOptions, 'nodeArgs' | 'env'>> {
  return { nodeArgs: ['--require', PRELOAD], env: { DRILL_FAULT: name } };
}
