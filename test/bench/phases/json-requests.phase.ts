import { BareServer } from '../bare-server';
import type { VesperProcess } from '../../processes/vesper-process';
import { loadOn, startVesper, type BenchContext, type Phase } from '../context';
import { figuresOf, percent, speedOf, type Row } from '../figures';
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
/** The JSON storage is promised for so many; more are measured all the same. */
const PROMISED = 10_000;

/** Heartbeats or status updates on the JSON storage, with few and with ever more schedulers, in turns with a bare Fastify. */
export function jsonRequests(kinds: readonly Aim['kind'][]): Phase {
  return async (context) => {
    const { sizes, rounds } = context.options;
    const vespers: VesperProcess[] = [];
    let bare: BareServer | null = null;
    try {
      for (const size of sizes) vespers.push(await startVesper(context, `json-${size}`, size));
      const [first] = vespers as [VesperProcess];
      bare = await BareServer.start(first);
      const rows: Row[] = [];
      for (const kind of kinds) {
        context.say(`${kind}: bare Fastify and ${sizes.join(', ')} schedulers in turns`);
        const on = { kind, port: bare.port, pid: bare.pid, schedulers: sizes[0] ?? NaN };
        const measured = await takeTurns(
          [
            loadOn(context, { ...on, name: 'bare' }),
            ...vespers.map(({ port, pid }, n) =>
              loadOn(context, { name: `${sizes[n]}`, kind, port, pid, schedulers: sizes[n] ?? NaN }),
            ),
          ],
          rounds,
        );
        rows.push(...toRows(context, AIMS[kind], measured));
      }
      return rows;
    } finally {
      bare?.stop();
      await Promise.all(vespers.map((vesper) => vesper.stop()));
    }
  };
}

function toRows({ options: { sizes } }: BenchContext, aim: Aim, measured: readonly Measured[]): Row[] {
  const [bare, ...subjects] = measured as [Measured, ...Measured[]];
  return [
    {
      what: `bare Fastify, ${aim.kind} body`,
      measured: speedOf(bare),
      aim: null,
      met: null,
      figures: figuresOf(bare),
    },
    ...subjects.map((subject, n) => toRow(aim, sizes[n] ?? NaN, subject, bare)),
    ...growthRows(aim.kind, sizes, subjects, PROMISED),
  ];
}

/** What a request costs among ever more schedulers, compared to the first size. @param promised from where on there is no aim */
export function growthRows(
  kind: Aim['kind'],
  sizes: readonly number[],
  [first, ...others]: readonly Measured[],
  promised = Infinity,
): Row[] {
  return others.map((subject, n) => {
    const size = sizes[n + 1] ?? NaN;
    const growth = first === undefined ? NaN : 1 / ratioOf(subject, first);
    const byCpu = first?.cpuUs && subject.cpuUs ? subject.cpuUs / first.cpuUs : null;
    const hasAim = kind === 'heartbeat' && size <= promised;
    return {
      what: `growth: ${kind} at ${size} versus ${sizes[0]}`,
      measured: `${growth.toFixed(2)} x${byCpu === null ? '' : ` (${byCpu.toFixed(2)} x by CPU)`}`,
      aim: hasAim ? `<= ${GROWTH_AIM} x` : null,
      met: hasAim ? growth <= GROWTH_AIM : null,
      figures: { growth, byCpu },
    };
  });
}

function toRow(aim: Aim, size: number, subject: Measured, bare: Measured): Row {
  const ratio = ratioOf(subject, bare);
  const cpuRatio = subject.cpuUs === null || bare.cpuUs === null ? null : bare.cpuUs / subject.cpuUs;
  const byCpu = cpuRatio === null ? '' : ` (${percent(cpuRatio)} by CPU)`;
  const isPromised = size <= PROMISED;
  return {
    what: `${aim.what}, ${size} schedulers${isPromised ? '' : ' (beyond its promise)'}`,
    measured: `${percent(ratio)} of bare${byCpu} · ${speedOf(subject)}`,
    aim: isPromised ? `>= ${percent(aim.ratio)}, p99 < ${aim.p99Ms} ms` : null,
    met: isPromised ? ratio >= aim.ratio && subject.p99Ms < aim.p99Ms : null,
    figures: { ...figuresOf(subject), ratio, cpuRatio },
  };
}
