import { join } from 'node:path';
import { FAULT } from '../../processes/vesper-process';
import type { Sabotage, VesperExtras } from './drill';

const PRELOAD = join(__dirname, 'preload/faults.cjs');

/** @returns what a Vesper that is to have the fault is started with; nothing when it is planted elsewhere */
export function plantedFault(sabotage: Sabotage | undefined): VesperExtras {
  if (sabotage?.inVesper === undefined) return { nodeArgs: [], env: {} };
  return { nodeArgs: ['--require', PRELOAD], env: { [FAULT]: sabotage.inVesper } };
}
