import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { HOLD_MS } from '../../src/platform/queue/message-queue';
import {
  DEAD_LETTER_ACTIONS,
  DEAD_LETTER_LOOK_ACTIONS,
  QUEUE_EMPTY_ACTIONS,
  QUEUE_FILL_ACTIONS,
} from './permissions';

/** Spec 70: dead letters after 5 tries. */
const TRIES = 5;
/** Vesper asks for it with each receive; a queue that says the same surprises nobody who looks into it. */
const VISIBILITY = Duration.millis(HOLD_MS);

const FIFO = {
  fifo: true,
  // High throughput: order and deduplication are by scheduler, and so is the limit.
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  removalPolicy: RemovalPolicy.RETAIN,
} as const;

/** Status updates on their way: in order for each scheduler, and set aside after five tries. */
export class StatusQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', { ...FIFO, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, 'Updates', {
      ...FIFO,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: VISIBILITY,
      receiveMessageWaitTime: Duration.seconds(20),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: TRIES },
    });
  }

  grantFill(grantee: IGrantable): void {
    allow(grantee, this.queue, QUEUE_FILL_ACTIONS);
    allow(grantee, this.deadLetters, DEAD_LETTER_LOOK_ACTIONS);
  }

  grantEmpty(grantee: IGrantable): void {
    allow(grantee, this.queue, QUEUE_EMPTY_ACTIONS);
    allow(grantee, this.deadLetters, DEAD_LETTER_ACTIONS);
  }
}

function allow({ grantPrincipal }: IGrantable, { queueArn }: Queue, actions: readonly string[]): void {
  grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: actions.map((action) => `sqs:${action}`), resources: [queueArn] }),
  );
}
