import { METRICS_KEY, METRICS_PATH, PORT } from './environment';

/** Where CloudWatch shows what Vesper itself counts. */
export const NAMESPACE = 'Vesper';
/** Dimension of all its metrics: the installation. */
export const INSTALLATION = 'installation';

const PERIOD = '60s';

/** A metric that is wanted in CloudWatch: each combination of dimensions is paid for, so only what an alarm or the dashboard reads. */
export interface WantedMetric {
  readonly name: string;
  /** Labels that become dimensions beside the installation. */
  readonly by: readonly string[];
}

export const OUTBOX_AGE = {
  name: 'vesper_outbox_oldest_age_seconds',
  by: [],
} as const satisfies WantedMetric;
export const OUTBOX_ENTRIES = { name: 'vesper_outbox_entries', by: [] } as const satisfies WantedMetric;
export const DELIVERIES = {
  name: 'vesper_deliveries_total',
  by: ['outcome'],
} as const satisfies WantedMetric;
export const WORKER_RUNS = {
  name: 'vesper_worker_runs_total',
  by: ['outcome'],
} as const satisfies WantedMetric;
export const INTERRUPTIONS = {
  name: 'vesper_worker_interruptions_total',
  by: [],
} as const satisfies WantedMetric;
export const SCHEDULERS = { name: 'vesper_schedulers', by: ['status'] } as const satisfies WantedMetric;
export const STALE = { name: 'vesper_stale_schedulers', by: [] } as const satisfies WantedMetric;

export const WANTED: readonly WantedMetric[] = [
  OUTBOX_AGE,
  OUTBOX_ENTRIES,
  DELIVERIES,
  WORKER_RUNS,
  INTERRUPTIONS,
  SCHEDULERS,
  STALE,
];

export interface CollectorPlace {
  readonly installation: string;
  readonly region: string;
  readonly logGroupName: string;
}

/**
 * Configuration of an OpenTelemetry collector beside Vesper: reads its metrics once a minute and writes those that are wanted to a log
 * group, in the format from which CloudWatch makes metrics of them (EMF). Counters arrive as what was added since the last reading.
 */
export function collectorConfig({ installation, region, logGroupName }: CollectorPlace): object {
  return {
    extensions: { health_check: {} },
    receivers: { prometheus: { config: { scrape_configs: [scrapeConfig(installation)] } } },
    processors: { batch: { timeout: PERIOD } },
    exporters: {
      awsemf: {
        region,
        namespace: NAMESPACE,
        log_group_name: logGroupName,
        log_stream_name: '{TaskId}',
        dimension_rollup_option: 'NoDimensionRollup',
        // A counter begins with its first failure: that one is to count.
        retain_initial_value_of_delta_metric: true,
        metric_declarations: WANTED.map(({ name, by }) => ({
          dimensions: [[INSTALLATION, ...by]],
          metric_name_selectors: [`^${name}`],
        })),
      },
    },
    service: {
      extensions: ['health_check'],
      pipelines: { metrics: { receivers: ['prometheus'], processors: ['batch'], exporters: ['awsemf'] } },
    },
  };
}

function scrapeConfig(installation: string): object {
  return {
    job_name: 'vesper',
    scrape_interval: PERIOD,
    scrape_timeout: '10s',
    metrics_path: METRICS_PATH,
    // The collector puts the variable in when it starts; the configuration itself holds no secret.
    authorization: { type: 'Bearer', credentials: `\${env:${METRICS_KEY}}` },
    static_configs: [{ targets: [`127.0.0.1:${PORT}`], labels: { [INSTALLATION]: installation } }],
    metric_relabel_configs: [
      { source_labels: ['__name__'], regex: WANTED.map(({ name }) => name).join('|'), action: 'keep' },
    ],
  };
}
