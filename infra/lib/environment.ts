/** Of the image, and of the load balancer's targets. */
export const PORT = 3000;

export const READY_PATH = '/api/v1/health/ready';
export const METRICS_PATH = '/api/v1/metrics';

/** Field of the secret: the key, with scope read, by which the collector reads the metrics. */
export const METRICS_KEY = 'METRICS_KEY';

/** The same probe as in the Dockerfile, which ECS does not look at. */
export const ALIVE_COMMAND = [
  'node',
  '-e',
  'fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/api/v1/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))',
];

/** What of Vesper runs in a task. */
export type Part = 'everything' | 'requests' | 'jobs';

const WORKERS: Readonly<Record<Part, string>> = { everything: 'all', requests: 'none', jobs: 'all' };

export interface Surroundings {
  readonly region: string;
  /** `null`: status updates are not queued. */
  readonly queueUrl: string | null;
}

/** What one installation says of it. */
export interface OwnVariables {
  readonly tablePrefix: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Every variable of Vesper that is not secret. */
export function environmentOf(
  part: Part,
  { tablePrefix, environment }: OwnVariables,
  surroundings: Surroundings,
): Record<string, string> {
  return { ...environment, ...ofTheStack(part, tablePrefix, surroundings) };
}

function ofTheStack(
  part: Part,
  tablePrefix: string,
  { region, queueUrl }: Surroundings,
): Record<string, string> {
  return {
    NODE_ENV: 'production',
    PORT: String(PORT),
    LOG_FORMAT: 'json',
    // The load balancer, past which the security group lets nobody.
    TRUST_PROXY: '1',
    STORAGE_DRIVER: 'dynamodb',
    DYNAMODB_TABLE_PREFIX: tablePrefix,
    AWS_REGION: region,
    METRICS_REQUIRE_KEY: 'true',
    WORKERS: WORKERS[part],
    ...(queueUrl !== null && { SQS_ENABLED: 'true', SQS_QUEUE_URL: queueUrl }),
  };
}

/** Not for an installation to say: the stack would overrule it without a word. */
export const STACK_VARIABLES: ReadonlySet<string> = new Set(
  Object.keys(ofTheStack('everything', '', { region: '', queueUrl: '' })),
);
