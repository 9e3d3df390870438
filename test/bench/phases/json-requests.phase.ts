import { BareServer } from '../bare-server';
import { loadOn, startVesper, type BenchContext, type Phase } from '../context';
import { ms, percent, perSecond, type Row } from '../figures';
import { ratioOf, takeTurns, type Measured } from '../rounds';

/** What the specification asks of one kind of request (spec 80, "Speed"). */
interface Aim {
  readonly kind: 'heartbeat' | 'status';
  readonly what: string;
  readonly ratio: number;
  readonly p99Ms: number;
}

const AIMS: Readonly<Record<Aim['kind'], Aim>> = {
  heartbeat: { kind: 'heartbeat', what: 'heartbeat, JSON', ratio: 0.4, p99Ms: 25 },
  status: { kind: 'status', what: 'status update, JSON', ratio: 0.25, p99Ms: 50 },
};
const GROWTH_AIM = 1.2;

/** Heartbeats or status updates on the JSON storage, with few and with many schedulers, in turns with a bare Fastify. */
export function jsonRequests(kinds: readonly Aim['kind'][]): Phase {
  return async (context) => {
    const { few, many } = context.options;
    const vesperFew = await startVesper(context, 'json-few', few);
    const vesperMany = await startVesper(context, 'json-many', many);
    const bare = await BareServer.start(vesperFew);
    try {
      const rows: Row[] = [];
      for (const kind of kinds) {
        context.say(`${kind}: bare Fastify, ${few} and ${many} schedulers in turns`);
        const measured = await takeTurns(
          [
            loadOn(context, { name: 'bare', kind, port: bare.port, pid: bare.pid, schedulers: few }),
            loadOn(context, { name: 'few', kind, port: vesperFew.port, pid: vesperFew.pid, schedulers: few }),
            loadOn(context, {
              name: 'many',
              kind,
              port: vesperMany.port,
              pid: vesperMany.pid,
              schedulers: many,
            }),
          ],
          context.options.rounds,
        );
        rows.push(...toRows(context, AIMS[kind], measured as readonly [Measured, Measured, Measured]));
      }
      return rows;
    } finally {
      bare.stop();
      await Promise.all([vesperFew.stop(), vesperMany.stop()]);
    }
  };
}

function toRows(
  { options: { few, many } }: BenchContext,
  aim: Aim,
  [bare, onFew, onMany]: readonly [Measured, Measured, Measured],
): Row[] {
  const growth = 1 / ratioOf(onMany, onFew);
  return [
    {
      what: `bare Fastify, ${aim.kind} body`,
      measured: speedOf(bare),
      aim: null,
      met: null,
      figures: figuresOf(bare),
    },
    toRow(`${aim.what}, ${few} schedulers`, aim, onFew, bare),
    toRow(`${aim.what}, ${many} schedulers`, aim, onMany, bare),
    {
      what: `growth: ${aim.kind} at ${many} versus ${few}`,
      measured: `${growth.toFixed(2)} x`,
      aim: aim.kind === 'heartbeat' ? `<= ${GROWTH_AIM} x` : null,
      met: aim.kind === 'heartbeat' ? growth <= GROWTH_AIM : null,
      figures: { growth },
    },
  ];
}

function toRow(what: string, aim: Aim, subject: Measured, bare: Measured): Row {
  const ratio = ratioOf(subject, bare);
  const cpuRatio = subject.cpuUs === null || bare.cpuUs === null ? null : bare.cpuUs / subject.cpuUs;
  const byCpu = cpuRatio === null ? '' : ` (${percent(cpuRatio)} by CPU)`;
  return {
    what,
    measured: `${percent(ratio)} of bare${byCpu} · ${speedOf(subject)}`,
    aim: `>= ${percent(aim.ratio)}, p99 < ${aim.p99Ms} ms`,
    met: ratio >= aim.ratio && subject.p99Ms < aim.p99Ms,
    figures: { ...figuresOf(subject), ratio, cpuRatio },
  };
}

export function speedOf({ requestsPerSecond, p50Ms, p99Ms, cpuUs }: Measured): string {
  const cpu = cpuUs === null ? '' : ` · ${cpuUs.toFixed(0)} µs CPU`;
  return `${perSecond(requestsPerSecond)} · p50 ${ms(p50Ms)} · p99 ${ms(p99Ms)}${cpu}`;
}

export function figuresOf({ requestsPerSecond, p50Ms, p99Ms, cpuUs }: Measured): Row['figures'] {
  return { requestsPerSecond, p50Ms, p99Ms, cpuUs };
}
