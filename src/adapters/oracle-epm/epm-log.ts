import type { Log } from '../../platform/logging/log';

/** What the adapter has to say beside its answers; never a secret. */
export type EpmLog = Pick<Log, 'info' | 'warn' | 'error'>;
