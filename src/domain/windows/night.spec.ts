import fc from 'fast-check';
import { aWindow } from '../../../test/builders/a-window';
import { dueStep, newestStep, newNight, stepAfter, type Night, type NightStep } from './night';
import { occurrenceOn } from './occurrence';

const WINDOW = aWindow({ timeZone: 'UTC', start: '00:00', end: '06:00', intervalMinutes: 60 });
const NIGHT = newNight(WINDOW, occurrenceOn(WINDOW, '2026-03-02'));

/** `HH:MM` of the business date; hours past 24 are of the next day. */
function at(text: string): Date {
  const [hour = 0, minute = 0, second = 0] = text.split(':').map(Number);
  return new Date(Date.UTC(2026, 2, 2, hour, minute, second));
}

/** As the service does when a step is carried out. */
function done(night: Night, step: NightStep, now: Date): Night {
  return step.kind === 'close' ? { ...night, closedAt: now } : { ...night, lastStepAt: step.at };
}

describe('the steps of a night', () => {
  it('begin with the table at the start, and not before', () => {
    expect(dueStep(WINDOW, NIGHT, new Date(at('00:00').getTime() - 1))).toBeNull();
    expect(dueStep(WINDOW, NIGHT, at('00:00'))).toEqual({ kind: 'table', at: at('00:00') });
  });

  it('come once per interval', () => {
    const started = { ...NIGHT, lastStepAt: at('00:00') };
    expect(dueStep(WINDOW, started, at('00:59:59'))).toBeNull();
    expect(dueStep(WINDOW, started, at('01:00'))).toEqual({ kind: 'table', at: at('01:00') });
  });

  it('are made up by the newest one alone', () => {
    expect(dueStep(WINDOW, NIGHT, at('03:30'))).toEqual({ kind: 'table', at: at('03:00') });
  });

  it('end with the closing, which is made up for six hours', () => {
    for (const now of ['06:00', '09:00', '12:00'])
      expect(dueStep(WINDOW, NIGHT, at(now))).toEqual({ kind: 'close' });
    expect(dueStep(WINDOW, NIGHT, new Date(at('12:00').getTime() + 1))).toBeNull();
  });

  it('are over once it is closed', () => {
    expect(dueStep(WINDOW, { ...NIGHT, closedAt: at('06:00') }, at('06:01'))).toBeNull();
  });

  it('are not done again when the clock has stepped back', () => {
    expect(dueStep(WINDOW, { ...NIGHT, lastStepAt: at('03:00') }, at('02:10'))).toBeNull();
  });

  it('announce the next edit, the last at the end of the window', () => {
    expect(stepAfter(WINDOW, NIGHT, { kind: 'table', at: at('04:00') })).toEqual(at('05:00'));
    expect(stepAfter(WINDOW, NIGHT, { kind: 'table', at: at('05:00') })).toEqual(at('06:00'));
    expect(stepAfter(WINDOW, NIGHT, { kind: 'close' })).toBeNull();
    const odd = { ...WINDOW, intervalMinutes: 50 };
    expect(stepAfter(odd, NIGHT, { kind: 'table', at: at('05:50') })).toEqual(at('06:00'));
  });

  it('are each done exactly once, in order, however often and with whatever gaps one looks', () => {
    const looks = fc.uniqueArray(fc.integer({ min: 0, max: 13 * 60 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(looks, fc.integer({ min: 1, max: 500 }), (minutes, intervalMinutes) => {
        const window = { ...WINDOW, intervalMinutes };
        let night = NIGHT;
        const steps: NightStep[] = [];
        for (const minute of [...minutes].sort((a, b) => a - b)) {
          const now = new Date(NIGHT.startsAt.getTime() + minute * 60_000);
          const step = dueStep(window, night, now);
          if (step === null) continue;
          if (step.kind === 'table') {
            expect(step.at <= now && now < night.endsAt).toBe(true);
            expect(newestStep(window, night, now)).toEqual(step.at);
            expect((step.at.getTime() - night.startsAt.getTime()) % (intervalMinutes * 60_000)).toBe(0);
          }
          steps.push(step);
          night = done(night, step, now);
          expect(dueStep(window, night, now)).toBeNull();
        }
        const tables = steps.filter((step) => step.kind === 'table').map((step) => step.at.getTime());
        expect(tables).toEqual([...new Set(tables)].sort((a, b) => a - b));
        const closings = steps.filter((step) => step.kind === 'close');
        expect(closings).toHaveLength(minutes.some((minute) => minute >= 360 && minute <= 720) ? 1 : 0);
        expect(steps.indexOf(closings[0] as NightStep)).toBe(closings.length === 0 ? -1 : steps.length - 1);
      }),
    );
  });
});
