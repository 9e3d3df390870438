import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasCode } from './storage.errors';

/** Names one process among all that were and are. What the system does not tell is `null`. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** In clock ticks since the system was started: a later process with the same pid has another one. */
  readonly startedAt: string | null;
  /** Changes when the system is started anew. */
  readonly bootId: string | null;
  /** Pids can be compared only within the same namespace; containers have their own. */
  readonly pidNamespace: string | null;
}

export function currentProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    startedAt: startTimeOf(process.pid),
    bootId: readOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: readOrNull(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** Whether a process is alive, as far as `self` can tell: another host or container cannot be looked into. */
export function livenessOf(other: ProcessIdentity, self: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  const comparable =
    other.host === self.host && other.bootId === self.bootId && other.pidNamespace === self.pidNamespace;
  if (!comparable) return 'unknown';
  if (!exists(other.pid)) return 'dead';
  return other.startedAt === null || other.startedAt === startTimeOf(other.pid) ? 'alive' : 'dead';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** Tells a process from a later one with the same pid; `null` where the system does not say. Field 22 of `/proc/<pid>/stat`; the second field, the command's name in brackets, may contain spaces. */
export function startTimeOf(pid: number): string | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
