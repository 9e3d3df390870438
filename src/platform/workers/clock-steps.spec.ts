import { FakeClock, toMs } from '../../../test/fakes/fake-clock';
import { ClockSteps } from './clock-steps';

describe('steps of the wall clock', () => {
  let clock: FakeClock;
  let steps: ClockSteps;

  beforeEach(() => {
    clock = new FakeClock();
    steps = new ClockSteps(clock);
  });

  const step = (ms: number) => clock.stepWallTo(new Date(clock.now().getTime() + ms));

  it('are none while it goes as time does, with a little drift', async () => {
    await clock.advance('1h');
    step(900);
    expect(steps.sinceLast()).toBe(Infinity);
    await clock.advance('1h');
    step(900);
    expect(steps.sinceLast()).toBe(Infinity);
  });

  it('are noticed at the next look when it is set forward', async () => {
    await clock.advance('1m');
    step(toMs('4m'));
    expect(steps.sinceLast()).toBe(0);
    await clock.advance('5m');
    expect(steps.sinceLast()).toBe(toMs('5m'));
  });

  it('are none when it is set back, but one when that is undone', async () => {
    step(-toMs('1h'));
    expect(steps.sinceLast()).toBe(Infinity);
    await clock.advance('1m');
    step(toMs('1h'));
    expect(steps.sinceLast()).toBe(0);
  });
});
