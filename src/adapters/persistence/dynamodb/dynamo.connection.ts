import type {
  $Command,
  DynamoDBClient,
  DynamoDBClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../../domain/shared/clock';
import { CallDeadline } from './call-deadline';
import { isAnswer, isContention, toStorageError } from './dynamo.errors';
import { waitBetweenTries } from './jitter';
import type { TableNames } from './tables';

export type Command<I extends ServiceInputTypes, O extends ServiceOutputTypes> = $Command<
  I,
  O,
  DynamoDBClientResolvedConfig
>;

/** Besides slow answers it bounds the waits of the client's own rate limiter, which know no end. */
const CALL_DEADLINE_MS = 4_000;
const TRIES_ON_CONTENTION = 5;

export interface ConnectionOptions {
  readonly client: DynamoDBClient;
  /** A client for the hot path only: the rate limiter of one must not slow the other down. */
  readonly hotClient: DynamoDBClient;
  readonly tables: TableNames;
  readonly clock: Clock;
  readonly callDeadlineMs?: number;
}

/** Every call to DynamoDB goes through here: bounded in time, its errors made ours. */
export class DynamoConnection {
  readonly tables: TableNames;
  readonly clock: Clock;
  /** When a write of this process last became durable. */
  private writtenAt: Date | null = null;

  constructor(private readonly options: ConnectionOptions) {
    this.tables = options.tables;
    this.clock = options.clock;
  }

  get lastWriteAt(): Date | null {
    return this.writtenAt;
  }

  /**
   * @throws StorageUnavailable when DynamoDB does not answer in time, throttles, or refuses this process
   * @throws what the SDK throws for a failed condition and a cancelled transaction: the caller knows what they mean
   */
  async send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(command: Command<I, O>): Promise<O> {
    return this.bounded(this.options.client, command);
  }

  /** As {@link send}, for a command that writes. */
  async write<I extends ServiceInputTypes, O extends ServiceOutputTypes>(command: Command<I, O>): Promise<O> {
    const output = await this.bounded(this.options.client, command);
    this.writtenAt = this.clock.now();
    return output;
  }

  /** As {@link write}, for the hot path. */
  async writeHot<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: Command<I, O>,
  ): Promise<O> {
    const output = await this.bounded(this.options.hotClient, command);
    this.writtenAt = this.clock.now();
    return output;
  }

  close(): void {
    this.options.client.destroy();
    this.options.hotClient.destroy();
  }

  private bounded<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    client: DynamoDBClient,
    command: Command<I, O>,
  ): Promise<O> {
    const deadlineMs = this.options.callDeadlineMs ?? CALL_DEADLINE_MS;
    return CallDeadline.bound(deadlineMs, command.input, (deadline) =>
      this.tried(client, command, deadline),
    ).catch((error: unknown) => {
      throw isAnswer(error) ? error : toStorageError(error);
    });
  }

  /** The SDK retries throttling and faults of network and service, but not a meeting with somebody's transaction. */
  private async tried<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    client: DynamoDBClient,
    command: Command<I, O>,
    deadline: CallDeadline,
  ): Promise<O> {
    for (let tried = 1; ; tried++) {
      try {
        return await client.send(command);
      } catch (error) {
        if (isAnswer(error)) throw error;
        if (tried >= TRIES_ON_CONTENTION || !isContention(error) || deadline.aborted) throw error;
        await waitBetweenTries(this.clock, tried);
      }
    }
  }
}
