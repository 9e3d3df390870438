import { loadOn, startVesper, type Phase } from '../context';
import { ms, perSecond, type Row } from '../figures';
import { takeTurns } from '../rounds';

const SCHEDULERS = 1_000;
const AIM_MS = 50;
/** One operator who looks, and several at once, who wait for one another on a single thread. */
const READERS = [1, 4];

/** The list of 1,000 schedulers, in full. */
export const list: Phase = async (context) => {
  const vesper = await startVesper(context, 'list', SCHEDULERS);
  try {
    context.say(`list of ${SCHEDULERS} schedulers`);
    const measured = await takeTurns(
      READERS.map((connections) =>
        loadOn(context, {
          name: `${connections}`,
          kind: 'list',
          port: vesper.port,
          pid: vesper.pid,
          schedulers: SCHEDULERS,
          connections,
        }),
      ),
      Math.min(3, context.options.rounds),
    );
    return measured.map(({ name, p50Ms, p99Ms, requestsPerSecond, cpuUs }): Row => {
      const isAim = name === '1';
      return {
        what: `list of ${SCHEDULERS} schedulers, ${isAim ? 'one reader' : `${name} readers`}`,
        measured: `p99 ${ms(p99Ms)} · p50 ${ms(p50Ms)} · ${perSecond(requestsPerSecond)}`,
        aim: isAim ? `p99 < ${AIM_MS} ms` : null,
        met: isAim ? p99Ms < AIM_MS : null,
        figures: { p50Ms, p99Ms, requestsPerSecond, cpuUs },
      };
    });
  } finally {
    await vesper.stop();
  }
};
