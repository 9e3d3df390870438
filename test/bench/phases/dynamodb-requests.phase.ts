import { join } from 'node:path';
import { EMULATOR_ENV, type VesperProcess } from '../../processes/vesper-process';
import { tableNames } from '../../../src/adapters/persistence/dynamodb/tables';
import { BareServer } from '../bare-server';
import { loadOn, startVesper, type BenchContext, type Phase } from '../context';
import { figuresOf, percent, speedOf, type Row } from '../figures';
import { fillDynamo } from '../fill';
import type { SdkOrder, SdkResult } from '../load/bare-sdk.process';
import { OrderProcess } from '../load/order-process';
import { ratioOf, takeTurns, type Measured, type Subject } from '../rounds';
import { growthRows } from './json-requests.phase';

type Kind = 'heartbeat' | 'status';

const SDK_AIM = 0.8;
/** The emulator is slow enough to need no more. */
const MOST_ROUNDS = 3;

const prefixOf = (size: number) => `bench-${size}-`;

/** Heartbeats or status updates on DynamoDB; heartbeats in turns with the bare SDK on the same tables of the same emulator. */
export function dynamoRequests(kinds: readonly Kind[]): Phase {
  return async (context) => {
    const { sizes, rounds } = context.options;
    const { endpoint } = await context.emulator();
    const vespers: VesperProcess[] = [];
    let bare: BareServer | null = null;
    const sdk = new OrderProcess<SdkOrder, SdkResult>(join(__dirname, '../load/bare-sdk.process.ts'));
    try {
      for (const size of sizes) vespers.push(await startOn(context, endpoint, size));
      bare = await BareServer.start((vespers as [VesperProcess])[0]);
      const rows: Row[] = [];
      for (const kind of kinds) {
        context.say(`${kind} on DynamoDB: ${sizes.join(', ')} schedulers in turns`);
        const on = { name: 'bare', kind, port: bare.port, pid: bare.pid, schedulers: sizes[0] ?? NaN };
        const subjects: Subject[] = [
          loadOn(context, on),
          ...vespers.map(({ port, pid }, n) => {
            const size = sizes[n] ?? NaN;
            return loadOn(context, { name: `${size} schedulers`, kind, port, pid, schedulers: size });
          }),
          ...(kind === 'heartbeat' ? sizes.map((size) => onSdk(context, sdk, endpoint, size)) : []),
        ];
        rows.push(...toRows(kind, sizes, await takeTurns(subjects, Math.min(rounds, MOST_ROUNDS))));
      }
      return rows;
    } finally {
      sdk.stop();
      bare?.stop();
      await Promise.all(vespers.map((vesper) => vesper.stop()));
    }
  };
}

async function startOn(context: BenchContext, endpoint: string, size: number): Promise<VesperProcess> {
  context.say(`filling DynamoDB with ${size.toLocaleString('en')} schedulers`);
  await fillDynamo(endpoint, prefixOf(size), size);
  return startVesper(context, `dynamodb-${size}`, 0, {
    ...EMULATOR_ENV,
    DYNAMODB_ENDPOINT: endpoint,
    DYNAMODB_TABLE_PREFIX: prefixOf(size),
  });
}

function onSdk(
  { options: { connections, seconds } }: BenchContext,
  sdk: OrderProcess<SdkOrder, SdkResult>,
  endpoint: string,
  size: number,
): Subject {
  const table = tableNames(prefixOf(size)).schedulers;
  return {
    name: `bare SDK, ${size} schedulers`,
    pid: sdk.pid,
    measure: () => sdk.send({ endpoint, table, schedulers: size, connections, seconds }),
  };
}

function toRows(kind: Kind, sizes: readonly number[], measured: readonly Measured[]): Row[] {
  const [bare, ...others] = measured as [Measured, ...Measured[]];
  const subjects = others.slice(0, sizes.length);
  const sdks = others.slice(sizes.length);
  const informative = (subject: Measured): Row => ({
    what: subject.name,
    measured: speedOf(subject),
    aim: null,
    met: null,
    figures: figuresOf(subject),
  });
  return [
    ...sdks.map(informative),
    ...subjects.map((subject, n) => toRow(kind, subject, bare, sdks[n])),
    ...growthRows(kind, sizes, subjects),
  ];
}

function toRow(kind: Kind, subject: Measured, bare: Measured, sdk: Measured | undefined): Row {
  const ofBare = ratioOf(subject, bare);
  const ofSdk = sdk === undefined ? null : ratioOf(subject, sdk);
  const cpuRatio =
    sdk === undefined || sdk.cpuUs === null || subject.cpuUs === null ? null : sdk.cpuUs / subject.cpuUs;
  const byCpu = cpuRatio === null ? '' : ` (${percent(cpuRatio)} by CPU)`;
  const ratios = [
    ...(ofSdk === null ? [] : [`${percent(ofSdk)} of the SDK${byCpu}`]),
    `${percent(ofBare)} of bare Fastify`,
  ];
  return {
    what: `${kind === 'status' ? 'status update' : kind}, DynamoDB, ${subject.name}`,
    measured: `${ratios.join(' · ')} · ${speedOf(subject)}`,
    aim: ofSdk === null ? null : `>= ${percent(SDK_AIM)} of the SDK`,
    met: ofSdk === null ? null : ofSdk >= SDK_AIM,
    figures: { ...figuresOf(subject), ofSdk, ofBare, cpuRatio },
  };
}
