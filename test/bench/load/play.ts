import { KeepAliveConnection } from './keep-alive-connection';
import { LatencyHistogram } from './latency-histogram';
import { workloadOf, type WorkloadPlan } from './workload';

export interface PlayOrder extends WorkloadPlan {
  /** How long it is measured; `null`: until the workload ends. */
  readonly seconds: number | null;
}

export interface PlayResult {
  readonly requestsPerSecond: number;
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers that were not the expected one, by what came instead. */
  readonly faults: Readonly<Record<string, number>>;
  /** CPU time of the generator for each request. */
  readonly generatorCpuUs: number;
}

/** Plays one workload over its connections, each of which sends its next request when the last one was answered. */
export async function play(order: PlayOrder): Promise<PlayResult> {
  const histogram = new LatencyHistogram();
  const faults: Record<string, number> = {};
  const count = (what: string) => (faults[what] = (faults[what] ?? 0) + 1);
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const endsAt = order.seconds === null ? Infinity : startedAt + order.seconds * 1_000;
  const connections = Math.min(order.connections, order.schedulers);
  await Promise.all(
    Array.from({ length: connections }, (_, connection) => {
      const workload = workloadOf({ ...order, connections }, connection);
      return new Promise<void>((resolve) => {
        new KeepAliveConnection(order.target.port, {
          wantsBody: workload.expects !== null,
          next() {
            const request = performance.now() < endsAt ? workload.next() : null;
            if (request === null) resolve();
            return request;
          },
          answered(status, latencyUs, body) {
            histogram.record(latencyUs);
            if (status < 200 || status > 299) count(`status ${status}`);
            else if (workload.expects !== null && !body.includes(workload.expects))
              count(`an answer without ${workload.expects}`);
          },
          failed(reason) {
            count(reason);
            resolve();
          },
        });
      });
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    requestsPerSecond: histogram.count / seconds,
    requests: histogram.count,
    seconds,
    p50Ms: histogram.percentileMs(0.5),
    p99Ms: histogram.percentileMs(0.99),
    maxMs: histogram.maxMs,
    faults,
    generatorCpuUs: (cpu.user + cpu.system) / Math.max(1, histogram.count),
  };
}
