/** CPU that `work` takes in this process, in ms: unlike time it does not grow when others want the processor. */
export function cpuMsFor(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
