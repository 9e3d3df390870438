import { readFileSync } from 'node:fs';

/** What Linux counts for each process in: 100 to a second on every architecture Node runs on. */
const TICK_MS = 10;

/** CPU time a process used so far; `null` where there is no /proc. */
export function cpuMsOf(pid: number): number | null {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The name in parentheses may hold spaces; user and system time are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Memory in use now, and the most it ever was, in MiB; `null` where there is no /proc. */
export function memoryOf(pid: number): { readonly nowMiB: number; readonly peakMiB: number } | null {
  const status = read(`/proc/${pid}/status`);
  if (status === null) return null;
  const mib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
  return { nowMiB: mib('VmRSS'), peakMiB: mib('VmHWM') };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
