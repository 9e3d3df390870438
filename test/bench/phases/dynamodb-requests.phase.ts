import { join } from 'node:path';
import { EMULATOR_ENV, type VesperProcess } from '../../drills/frame/vesper-process';
import { tableNames } from '../../../src/adapters/persistence/dynamodb/tables';
import { BareServer } from '../bare-server';
import { loadOn, startVesper, type BenchContext, type Phase } from '../context';
import { percent, type Row } from '../figures';
import type { SdkOrder, SdkResult } from '../load/bare-sdk.process';
import { OrderProcess } from '../load/order-process';
import { ratioOf, takeTurns, type Measured, type Subject } from '../rounds';
import { figuresOf, speedOf } from './json-requests.phase';

const SDK_AIM = 0.8;
const PREFIX = { few: 'few-', many: 'many-' } as const;
/** The emulator is slow enough to need no more. */
const MOST_ROUNDS = 3;

/** Heartbeats or status updates on DynamoDB; heartbeats in turns with the bare SDK on the same tables of the same emulator. */
export function dynamoRequests(kinds: readonly ('heartbeat' | 'status')[]): Phase {
  return async (context) => {
    const { few, many, rounds } = context.options;
    const { endpoint } = await context.emulator();
    const start = (name: keyof typeof PREFIX, schedulers: number) =>
      startVesper(context, `dynamodb-${name}`, schedulers, {
        ...EMULATOR_ENV,
        DYNAMODB_ENDPOINT: endpoint,
        DYNAMODB_TABLE_PREFIX: PREFIX[name],
      });
    const vesperFew = await start('few', few);
    const vesperMany = await start('many', many);
    const bare = await BareServer.start(vesperFew);
    const sdk = new OrderProcess<SdkOrder, SdkResult>(join(__dirname, '../load/bare-sdk.process.ts'));
    const onVesper = (
      kind: 'heartbeat' | 'status',
      name: string,
      vesper: VesperProcess,
      schedulers: number,
    ) => loadOn(context, { name, kind, port: vesper.port, pid: vesper.pid, schedulers });
    try {
      const rows: Row[] = [];
      for (const kind of kinds) {
        context.say(`${kind} on DynamoDB: ${few} and ${many} schedulers in turns`);
        const subjects: Subject[] = [
          loadOn(context, { name: 'bare', kind, port: bare.port, pid: bare.pid, schedulers: few }),
          onVesper(kind, `${few} schedulers`, vesperFew, few),
          onVesper(kind, `${many} schedulers`, vesperMany, many),
        ];
        if (kind === 'heartbeat')
          subjects.push(
            onSdk(context, sdk, endpoint, 'few', few),
            onSdk(context, sdk, endpoint, 'many', many),
          );
        const measured = await takeTurns(subjects, Math.min(rounds, MOST_ROUNDS));
        rows.push(...toRows(kind, measured));
      }
      return rows;
    } finally {
      sdk.stop();
      bare.stop();
      await Promise.all([vesperFew.stop(), vesperMany.stop()]);
    }
  };
}

function onSdk(
  { options: { connections, seconds } }: BenchContext,
  sdk: OrderProcess<SdkOrder, SdkResult>,
  endpoint: string,
  name: keyof typeof PREFIX,
  schedulers: number,
): Subject {
  const table = tableNames(PREFIX[name]).schedulers;
  return {
    name: `bare SDK, ${schedulers} schedulers`,
    pid: sdk.pid,
    measure: () => sdk.send({ endpoint, table, schedulers, connections, seconds }),
  };
}

function toRows(kind: 'heartbeat' | 'status', measured: readonly Measured[]): Row[] {
  const [bare, onFew, onMany, sdkOnFew, sdkOnMany] = measured as [
    Measured,
    Measured,
    Measured,
    Measured?,
    Measured?,
  ];
  const informative = (subject: Measured): Row => ({
    what: subject.name,
    measured: speedOf(subject),
    aim: null,
    met: null,
    figures: figuresOf(subject),
  });
  return [
    ...[sdkOnFew, sdkOnMany].filter((subject) => subject !== undefined).map(informative),
    toRow(kind, onFew, bare, sdkOnFew),
    toRow(kind, onMany, bare, sdkOnMany),
  ];
}

function toRow(kind: string, subject: Measured, bare: Measured, sdk: Measured | undefined): Row {
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
