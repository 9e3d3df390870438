import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { keepTrackOf } from './child-processes';

export interface Emulator {
  readonly endpoint: string;
  /** `null` when it was there before, by DYNAMODB_ENDPOINT. */
  readonly child: ChildProcess | null;
  stop(): void;
}

/** The DynamoDB of DYNAMODB_ENDPOINT, or the emulator from npm as the tests use it. */
export async function startEmulator(): Promise<Emulator> {
  const given = process.env['DYNAMODB_ENDPOINT'];
  if (given) return { endpoint: given, child: null, stop: () => undefined };
  const file = pathToFileURL(join(__dirname, '../harness/dynamodb-emulator.setup.mjs')).href;
  const harness = (await import(file)) as {
    startEmulator(): Promise<{ endpoint: string; child: ChildProcess }>;
  };
  const { endpoint, child } = await harness.startEmulator();
  keepTrackOf(child);
  return { endpoint, child, stop: () => void child.kill('SIGKILL') };
}
