import type { Page, PageRequest } from '../shared/page';
import type { AlertMessage, AttemptOutcome, Delivery, DeliveryAttempt } from './delivery';
import type { ChannelTraffic } from './storm';

/** What an attempt changed, written together. */
export interface AttemptRecord {
  /** As it now stands; a final status takes it out of the queue. Its version is the one read. */
  readonly delivery: Delivery;
  readonly attempt: DeliveryAttempt;
  /** The alert's message in the channel, when it was posted or edited. */
  readonly message: AlertMessage | null;
  /** What is remembered of the channel, when that changed. Its version is the one read. */
  readonly traffic: ChannelTraffic | null;
}

/** Filters of the delivery log; `null` means any. */
export interface DeliveryLogFilter {
  readonly alertId: string | null;
  readonly channelId: string | null;
  readonly outcome: AttemptOutcome | null;
}

/** The queue of each channel and the log of what was tried. */
export interface DeliveryRepository {
  /** Channels that have unfinished deliveries. */
  listBusyChannels(): Promise<readonly string[]>;
  /** Unfinished deliveries of a channel, oldest first. */
  listQueue(channelId: string, limit: number): Promise<readonly Delivery[]>;
  /** Writes that an attempt begins, before anything is sent. @throws ChangedConcurrently @returns the delivery with its new version */
  recordSending(delivery: Delivery): Promise<Delivery>;
  /** Writes how it went. @throws ChangedConcurrently when delivery or traffic was changed by somebody else */
  recordAttempt(record: AttemptRecord): Promise<void>;
  findMessage(alertId: string, channelId: string): Promise<AlertMessage | null>;
  findTraffic(channelId: string): Promise<ChannelTraffic>;
  /** @throws ChangedConcurrently @returns it with its new version */
  recordTraffic(traffic: ChannelTraffic): Promise<ChannelTraffic>;
  /** The delivery log, newest first. */
  listAttempts(filter: DeliveryLogFilter, page: PageRequest): Promise<Page<DeliveryAttempt>>;
}

export const DeliveryRepository = Symbol('DeliveryRepository');
