import { join } from 'node:path';
import type { DrillContext, StorageName } from './drill';
import { startEmulator, type Emulator } from './emulator';
import { EMULATOR_ENV } from './vesper-process';

/** Of this run: a given endpoint may hold the tables of others. */
export const TABLE_PREFIX = `drill-${Date.now()}-`;

/** The emulator, where the storage needs one. */
export async function emulatorFor(storage: StorageName): Promise<Emulator | null> {
  return storage === 'dynamodb' ? startEmulator() : null;
}

/** Settings of a Vesper that keeps its data in the drill's folder, or in the emulator. */
export function storageEnv(
  storage: StorageName,
  { folder }: Pick<DrillContext, 'folder'>,
  emulator: Emulator | null,
): Record<string, string> {
  if (emulator === null) return { STORAGE_DRIVER: storage, DATA_DIR: join(folder, 'data') };
  return {
    ...EMULATOR_ENV,
    DYNAMODB_ENDPOINT: emulator.endpoint,
    DYNAMODB_TABLE_PREFIX: TABLE_PREFIX,
  };
}
