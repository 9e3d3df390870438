import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From a cached answer to a request that somebody gave up on; in seconds. */
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** From one append to a disk to a throttled transaction; in seconds. */
const COMMIT_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** From a queue that is empty to one that waited out an outage; in seconds. */
const QUEUE_AGE_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];

/** Everything that Vesper counts, in a registry of its own. Labels take their values from closed lists, or from the configuration. */
export class Metrics {
  readonly registry = new Registry();
  private readonly refreshers: (() => Promise<void>)[] = [];
  private readonly registers = [this.registry];

  readonly requestDuration = new Histogram({
    name: 'vesper_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_BUCKETS,
    registers: this.registers,
  });

  readonly authFailures = new Counter({
    name: 'vesper_auth_failures_total',
    help: 'Requests refused for their API key: missing, unknown, or without the scope',
    labelNames: ['reason'],
    registers: this.registers,
  });

  readonly rateLimited = new Counter({
    name: 'vesper_rate_limited_total',
    help: 'Requests refused by a rate limit, of a key or of an address',
    labelNames: ['limit'],
    registers: this.registers,
  });

  readonly schedulers = new Gauge({
    name: 'vesper_schedulers',
    help: 'Registered schedulers by status',
    labelNames: ['status'],
    registers: this.registers,
  });

  readonly staleSchedulers = new Gauge({
    name: 'vesper_stale_schedulers',
    help: 'Running schedulers without a sign of life for longer than their timeout',
    registers: this.registers,
  });

  readonly heartbeats = new Counter({
    name: 'vesper_heartbeats_total',
    help: 'Heartbeats recorded',
    registers: this.registers,
  });

  readonly statusUpdates = new Counter({
    name: 'vesper_status_updates_total',
    help: 'Status updates accepted, by status and by outcome: applied, late, or duplicate',
    labelNames: ['status', 'outcome'],
    registers: this.registers,
  });

  readonly statusQueued = new Counter({
    name: 'vesper_status_queue_sent_total',
    help: 'Status updates handed to the queue by outcome: queued, or failed (its sender was told to come again)',
    labelNames: ['outcome'],
    registers: this.registers,
  });

  readonly statusConsumed = new Counter({
    name: 'vesper_status_queue_consumed_total',
    help: 'Queued status updates by what became of them: recorded, dead_letter, or released (left for a later try)',
    labelNames: ['outcome'],
    registers: this.registers,
  });

  readonly statusQueueMessages = new Gauge({
    name: 'vesper_status_queue_messages',
    help: 'Messages of the queue as SQS counts them, by state: waiting, held (handed out, not finished), or dead_letter; none while SQS does not say',
    labelNames: ['state'],
    registers: this.registers,
  });

  readonly statusQueueAge = new Histogram({
    name: 'vesper_status_queue_age_seconds',
    help: 'Time from the acceptance of a status update until it was recorded',
    buckets: QUEUE_AGE_BUCKETS,
    registers: this.registers,
  });

  readonly outboxEntries = new Gauge({
    name: 'vesper_outbox_entries',
    help: 'Things to tell that wait to be routed or delivered. On DynamoDB at most 250 are counted of each channel and of each part of the outbox',
    registers: this.registers,
  });

  readonly outboxOldestAge = new Gauge({
    name: 'vesper_outbox_oldest_age_seconds',
    help: 'For how long the oldest thing to tell could have been told; 0 when nothing waits, or only what is held back while an alert flaps',
    registers: this.registers,
  });

  readonly deliveries = new Counter({
    name: 'vesper_deliveries_total',
    help: 'Delivery attempts by channel and outcome',
    labelNames: ['channel', 'outcome'],
    registers: this.registers,
  });

  readonly tablePublishes = new Counter({
    name: 'vesper_table_publishes_total',
    help: 'Messages of EOD tables by action (post, edit, summary, withdraw) and outcome',
    labelNames: ['action', 'outcome'],
    registers: this.registers,
  });

  readonly cellUpdates = new Counter({
    name: 'vesper_board_updates_total',
    help: 'Cell updates of the EPM board accepted, by the status they bring',
    labelNames: ['status'],
    registers: this.registers,
  });

  readonly canvasWrites = new Counter({
    name: 'vesper_canvas_writes_total',
    help: 'Looks at canvases by channel and outcome: written, unchanged, failed, or refused by Slack',
    labelNames: ['channel', 'outcome'],
    registers: this.registers,
  });

  readonly epmPolls = new Counter({
    name: 'vesper_epm_polls_total',
    help: 'Jobs that Oracle EPM was asked about, by server and answer',
    labelNames: ['server', 'outcome'],
    registers: this.registers,
  });

  readonly epmPollDuration = new Histogram({
    name: 'vesper_epm_poll_duration_seconds',
    help: 'Time until Oracle EPM answered about a job, tries included',
    labelNames: ['server'],
    buckets: REQUEST_BUCKETS,
    registers: this.registers,
  });

  readonly workerRuns = new Counter({
    name: 'vesper_worker_runs_total',
    help: 'Runs of background jobs by outcome',
    labelNames: ['worker', 'outcome'],
    registers: this.registers,
  });

  readonly workerInterruptions = new Counter({
    name: 'vesper_worker_interruptions_total',
    help: 'What background jobs went on with beside their runs (an alert to route, a channel, a canvas, a look into the queue) and an error ended; it begins again by itself',
    labelNames: ['worker'],
    registers: this.registers,
  });

  readonly workerLastRun = new Gauge({
    name: 'vesper_worker_last_run_timestamp_seconds',
    help: 'When a background job last ended',
    labelNames: ['worker'],
    registers: this.registers,
  });

  readonly workerLastDuration = new Gauge({
    name: 'vesper_worker_last_duration_seconds',
    help: 'How long the last run of a background job took',
    labelNames: ['worker'],
    registers: this.registers,
  });

  readonly storageCommit = new Histogram({
    name: 'vesper_storage_commit_duration_seconds',
    help: 'Time until a business write (recordStatus and the like) was durable, by write',
    labelNames: ['operation'],
    buckets: COMMIT_BUCKETS,
    registers: this.registers,
  });

  /** Brings gauges up to date before each scrape. What cannot be had then keeps its last value. */
  onScrape(refresh: () => Promise<void>): void {
    this.refreshers.push(refresh);
  }

  /** Everything in the text format of Prometheus. */
  async scrape(): Promise<string> {
    await Promise.allSettled(this.refreshers.map((refresh) => refresh()));
    return this.registry.metrics();
  }
}

/** Adds memory, CPU, garbage collection and event-loop lag of the process; once per process. */
export function collectProcessMetrics(metrics: Metrics): void {
  collectDefaultMetrics({ register: metrics.registry });
}
