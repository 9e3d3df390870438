import type { Alert } from '../../src/domain/alerts/alert';
import type { AlertFilter } from '../../src/domain/alerts/alert.repository';
import { failureDedupKey, staleDedupKey } from '../../src/domain/schedulers/scheduler-alerts';
import { emptySlot } from '../../src/domain/alerts/alert';
import { aStatusUpdate } from '../builders/a-status-update';
import { at, failure, newId, register, report, silentScheduler } from './acts';
import { allPages, settles } from './expectations';
import { ODD_METADATA, ODD_NAME, ODD_TEXT } from './odd-values';
import type { StoreSubject } from './store-subject';

/** Alerts as others have written them. */
export function alertRepositoryContract({ store }: StoreSubject): void {
  const listed = (filter: Partial<AlertFilter>, limit = 1_000): Promise<readonly Alert[]> =>
    allPages(limit, (page) => store().alerts.list({ status: null, dedupKey: null, ...filter }, page));

  it('knows nothing of an unknown id, and an empty slot for an unknown key', async () => {
    expect(await store().alerts.find(newId('alert'))).toBeNull();
    const dedupKey = failureDedupKey(newId());
    expect(await store().alerts.findSlot(dedupKey)).toEqual(emptySlot(dedupKey));
    await settles(() => listed({ dedupKey }), []);
  });

  it('answers many slots in the order of their keys, empty ones and repeated ones too', async () => {
    const aSlot = async () => {
      const { alert } = await failure(store());
      return store().alerts.findSlot(alert.dedupKey);
    };
    const [first, second, unknown] = [await aSlot(), await aSlot(), emptySlot(failureDedupKey(newId()))];
    expect(first.open).not.toBeNull();
    const asked = [second, unknown, first, second];
    expect(await store().alerts.findSlots(asked.map(({ dedupKey }) => dedupKey))).toEqual(asked);
    expect(await store().alerts.findSlots([])).toEqual([]);
    const many = [...Array.from({ length: 201 }, () => emptySlot(failureDedupKey(newId()))), first];
    expect(await store().alerts.findSlots(many.map(({ dedupKey }) => dedupKey))).toEqual(many);
  });

  it('gives back every field, whatever is in it', async () => {
    const { schedulerId } = await register(store(), {
      serviceName: ODD_NAME,
      jobName: '*_~`<!channel>`~_*',
      ownerEmail: 'team-a@example.com',
      alertUserId: 'S0123456789',
      tags: ['', '🌙', 'a,b'],
    });
    await report(store(), aStatusUpdate(schedulerId).running().ofRun('r').at(at(0)).build());
    const update = aStatusUpdate(schedulerId)
      .failed(ODD_TEXT)
      .ofRun('r')
      .with({ metadata: ODD_METADATA })
      .at(at(1, 5));
    const { alertChanges } = await report(store(), update.build());
    const alert = alertChanges[0]?.alert;
    expect(alert?.facts.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['text', 'instant', 'duration']),
    );
    expect(await store().alerts.find(alert?.id ?? '')).toEqual(alert);
    await settles(() => listed({ dedupKey: failureDedupKey(schedulerId) }), [alert]);
  });

  it('shows a repeated alert once, as it last was', async () => {
    const { schedulerId } = await register(store());
    await report(store(), aStatusUpdate(schedulerId).failed('one').at(at(0)).build());
    const { alertChanges } = await report(
      store(),
      aStatusUpdate(schedulerId).failed('two').at(at(1)).build(),
    );
    expect(alertChanges[0]?.alert).toMatchObject({ occurrences: 2, excerpt: 'two' });
    await settles(() => listed({ dedupKey: failureDedupKey(schedulerId) }), [alertChanges[0]?.alert]);
  });

  it('opens a new alert after the last was resolved, and remembers both', async () => {
    const { schedulerId } = await register(store());
    const dedupKey = failureDedupKey(schedulerId);
    await report(store(), aStatusUpdate(schedulerId).failed().at(at(0)).build());
    const resolved = (await report(store(), aStatusUpdate(schedulerId).completed().at(at(1)).build()))
      .alertChanges[0];
    const reopened = (await report(store(), aStatusUpdate(schedulerId).failed().at(at(2)).build()))
      .alertChanges[0];
    await settles(() => listed({ dedupKey }, 1), [reopened?.alert, resolved?.alert]);
    await settles(() => listed({ dedupKey, status: 'resolved' }, 1), [resolved?.alert]);
    await settles(() => listed({ dedupKey, status: 'firing' }, 1), [reopened?.alert]);
    await settles(() => listed({ dedupKey, status: 'acknowledged' }, 1), []);
    expect(await store().alerts.findSlot(dedupKey)).toEqual(reopened?.slot);
  });

  it('lists all of them newest first, page by page, and those of one status', async () => {
    const opened: string[] = [];
    for (let n = 0; n < 7; n++) opened.push((await failure(store(), at(50, n))).alert.id);
    const silence = await silentScheduler(store());
    await store().schedulers.recordSilence(silence);
    const ended = silence.scheduler.schedulerId;
    const { alertChanges } = await report(store(), aStatusUpdate(ended).completed().at(at(60)).build());
    const newestFirst = [...opened].reverse();

    const mine = async (filter: Partial<AlertFilter>) =>
      (await listed(filter, 3)).map(({ id }) => id).filter((id) => opened.includes(id));
    await settles(() => mine({}), newestFirst);
    await settles(() => mine({ status: 'firing' }), newestFirst);
    await settles(() => mine({ status: 'resolved' }), []);
    const all = await listed({});
    for (const limit of [1, 3, all.length, all.length + 1]) await settles(() => listed({}, limit), all);
    const firing = all.filter(({ status }) => status === 'firing');
    await settles(() => listed({ status: 'firing' }, 2), firing);
    await settles(
      () => listed({ dedupKey: staleDedupKey(ended), status: 'resolved' }),
      [alertChanges[0]?.alert],
    );
    expect((await listed({ status: 'resolved' }, 1)).map(({ id }) => id)).toContain(
      alertChanges[0]?.alert.id,
    );
  });

  it('neither skips nor repeats alerts while new ones are opened', async () => {
    const there: string[] = [];
    for (let n = 0; n < 5; n++) there.push((await failure(store(), at(70, n))).alert.id);
    const seen = await allPages(
      2,
      (page) => store().alerts.list({ status: 'firing', dedupKey: null }, page),
      async () => {
        if (there.length < 8) there.push((await failure(store(), at(71))).alert.id);
      },
    );
    const seenIds = seen.map(({ id }) => id);
    expect(new Set(seenIds).size).toBe(seenIds.length);
    expect(seenIds).toEqual(expect.arrayContaining(there.slice(0, 5)));
  });
}
