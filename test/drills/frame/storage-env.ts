import { basename, join } from 'node:path';
import { DynamoRecords } from './history/dynamo-records';
import { JsonRecords } from './history/json-records';
import type { StoredRecords } from './history/stored-records';
import type { DrillContext, StorageName } from './drill';
import { startEmulator, type Emulator } from '../../processes/emulator';
import { EMULATOR_ENV } from '../../processes/vesper-process';

/** A given endpoint may hold the tables of other runs. */
const RUN = Date.now();

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
    DYNAMODB_TABLE_PREFIX: tablePrefix(folder),
  };
}

/** The same storage, to be looked into past Vesper. */
export function recordsOf(
  { folder }: Pick<DrillContext, 'folder'>,
  emulator: Emulator | null,
): StoredRecords {
  return emulator === null
    ? new JsonRecords(join(folder, 'data'))
    : new DynamoRecords(emulator.endpoint, tablePrefix(folder));
}

function tablePrefix(folder: string): string {
  return `drill-${RUN}-${basename(folder)}-`;
}
