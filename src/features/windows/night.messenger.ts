import { Inject, Injectable } from '@nestjs/common';
import type { MessageReference } from '../../domain/notifications/delivery';
import type { SendingRights } from '../../domain/notifications/notification';
import { withdrawDouble } from '../../domain/notifications/rival-message';
import { Clock } from '../../domain/shared/clock';
import { ChangedConcurrently } from '../../domain/shared/errors';
import type { EodWindow } from '../../domain/windows/eod-window';
import { UNSENT, type Night, type NightMessage } from '../../domain/windows/night';
import { NightRepository } from '../../domain/windows/night.repository';
import type { StatusTable } from '../../domain/windows/status-table';
import {
  TablePublisher,
  type LaidOutMessage,
  type PublishOutcome,
} from '../../domain/windows/table-publisher';
import type { Interruption } from './interruption';
import { NightObserver, type PublishAction } from './night-observer';

export type Shown =
  | { readonly kind: 'shown'; readonly night: Night }
  | { readonly kind: 'interrupted'; readonly interruption: Interruption };

/** How one message of a night is read from it and written into it. */
interface Place {
  readonly key: string;
  readonly action: PublishAction;
  read(night: Night): NightMessage;
  write(night: Night, message: NightMessage): Night;
}

/**
 * Posts and edits a night's messages, each exactly once: that a post begins is written before it is sent, where it stands after it. Whoever finds
 * a post that began and has no place looks for its key in the channel before posting again.
 */
@Injectable()
export class NightMessenger {
  constructor(
    @Inject(NightRepository) private readonly nights: NightRepository,
    @Inject(TablePublisher) private readonly publisher: TablePublisher,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(NightObserver) private readonly observer: NightObserver,
  ) {}

  async showTable(
    window: EodWindow,
    night: Night,
    table: StatusTable,
    rights: SendingRights,
  ): Promise<Shown> {
    let current = night;
    const parts = this.publisher.layOutTable(table);
    for (const [index, part] of parts.entries()) {
      const shown = await this.showPart(window, current, index, part, rights);
      if (shown.kind === 'interrupted') return shown;
      current = shown.night;
    }
    for (let index = parts.length; index < current.messages.length; index++) {
      const shown = await this.emptyPart(current, index, this.publisher.layOutEmptied(table), rights);
      if (shown.kind === 'interrupted') return shown;
      current = shown.night;
    }
    return { kind: 'shown', night: current };
  }

  async postSummary(
    window: EodWindow,
    night: Night,
    summary: LaidOutMessage,
    rights: SendingRights,
  ): Promise<Shown> {
    if (night.summary.reference !== null) return { kind: 'shown', night };
    const place: Place = {
      key: `eod:${night.windowName}:${night.businessDate}:summary`,
      action: 'summary',
      read: (of) => of.summary,
      write: (of, message) => ({ ...of, summary: message }),
    };
    return this.post(window, night, place, summary, null, rights);
  }

  private async showPart(
    window: EodWindow,
    night: Night,
    index: number,
    message: LaidOutMessage,
    rights: SendingRights,
  ): Promise<Shown> {
    const reference = night.messages[index]?.reference ?? null;
    if (reference !== null) {
      const outcome = await this.publisher.edit(message, reference, rights);
      this.observer.published('edit', outcome.kind);
      if (outcome.kind === 'sent') return { kind: 'shown', night };
      if (outcome.kind !== 'missing') return interrupted(outcome);
      night = withoutDeleted(night, index);
    }
    const thread = index === 0 ? null : (night.messages[0]?.reference ?? null);
    return this.post(window, night, tablePlace(night, index), message, thread, rights);
  }

  /** A part that is no longer needed says so; one that is gone is not posted for that. */
  private async emptyPart(
    night: Night,
    index: number,
    message: LaidOutMessage,
    rights: SendingRights,
  ): Promise<Shown> {
    const reference = night.messages[index]?.reference ?? null;
    if (reference === null) return { kind: 'shown', night };
    const outcome = await this.publisher.edit(message, reference, rights);
    this.observer.published('edit', outcome.kind);
    if (outcome.kind === 'sent') return { kind: 'shown', night };
    if (outcome.kind !== 'missing') return interrupted(outcome);
    return { kind: 'shown', night: await this.nights.record(withoutDeleted(night, index)) };
  }

  private async post(
    window: EodWindow,
    night: Night,
    place: Place,
    message: LaidOutMessage,
    thread: MessageReference | null,
    rights: SendingRights,
  ): Promise<Shown> {
    const begunBefore = place.read(night).sendingSince;
    const sendingSince = begunBefore ?? this.clock.now();
    const begun = await this.nights.record(place.write(night, { reference: null, sendingSince }));
    const outcome = await this.publisher.post(message, {
      channelId: window.channelId,
      key: place.key,
      thread,
      mayHaveBeenSentSince: begunBefore,
      ...rights,
    });
    this.observer.published(place.action, outcome.kind);
    if (outcome.kind === 'sent') return this.keep(begun, place, outcome.reference);
    const certainlyUnsent =
      begunBefore === null &&
      (outcome.kind === 'refused' || (outcome.kind === 'retry' && !outcome.outcomeUnknown));
    if (certainlyUnsent) await this.nights.record(place.write(begun, UNSENT));
    return interrupted(outcome);
  }

  /** Writes where the message stands. When another instance has meanwhile posted it as well, ours is taken back. */
  private async keep(night: Night, place: Place, reference: MessageReference | null): Promise<Shown> {
    try {
      return {
        kind: 'shown',
        night: await this.nights.record(place.write(night, { reference, sendingSince: null })),
      };
    } catch (error) {
      if (error instanceof ChangedConcurrently && reference !== null)
        await this.withdrawDouble(night, place, reference);
      throw error;
    }
  }

  private async withdrawDouble(night: Night, place: Place, ours: MessageReference): Promise<void> {
    const findTheirs = async () => {
      const stored = await this.nights.find(night.windowName, night.businessDate);
      return stored === null ? null : place.read(stored).reference;
    };
    await withdrawDouble(ours, this.clock, findTheirs, async (signal) => {
      const outcome = await this.publisher.withdraw(ours, signal);
      this.observer.published('withdraw', outcome.kind);
    });
  }
}

function tablePlace(night: Night, index: number): Place {
  return {
    key: `eod:${night.windowName}:${night.businessDate}:table:${night.generation}:${index}`,
    action: 'post',
    read: (of) => of.messages[index] ?? UNSENT,
    write: (of, message) => {
      const messages = Array.from(
        { length: Math.max(of.messages.length, index + 1) },
        (_, at) => of.messages[at] ?? UNSENT,
      );
      return { ...of, messages: messages.with(index, message) };
    },
  };
}

/** A deleted main message takes its thread with it; a deleted continuation only itself. A new generation keeps the keys apart. */
function withoutDeleted(night: Night, index: number): Night {
  const messages = index === 0 ? [] : night.messages.with(index, UNSENT);
  return { ...night, messages, generation: night.generation + 1 };
}

function interrupted(outcome: Exclude<PublishOutcome, { kind: 'sent' }>): Shown {
  if (outcome.kind === 'missing') {
    return {
      kind: 'interrupted',
      interruption: { reason: 'missing', error: 'the message is gone', retryAfterMs: null, refused: false },
    };
  }
  const { reason, error } = outcome;
  const retryAfterMs = outcome.kind === 'retry' ? outcome.afterMs : null;
  return {
    kind: 'interrupted',
    interruption: { reason, error, retryAfterMs, refused: outcome.kind === 'refused' },
  };
}
