import { STACK_VARIABLES } from './environment';

/** What one installation says of itself, in CDK's context: `-c vesper:imageTag=1.2.3`, or `context` of cdk.json. */
export interface Settings {
  /** Tag in the repository; one that never moves, so that a roll back finds what it had. */
  readonly imageTag: string;
  /** ECR repository in the account and region of the stack. */
  readonly imageRepository: string;
  readonly architecture: 'X86_64' | 'ARM64';
  /** Certificate of ACM for the host name by which clients call, in the region of the stack. */
  readonly certificateArn: string;
  /** Complete ARN, with the six characters at its end: the role then names one secret and no pattern. */
  readonly secretArn: string;
  /** Fields of the secret that become environment variables of the same name. */
  readonly secretNames: readonly string[];
  /** Further variables of Vesper, none of them secret, e.g. SLACK_CHANNEL_ID. */
  readonly environment: Readonly<Record<string, string>>;
  /** Begins the name of each table. */
  readonly tablePrefix: string;
  /** The tables of that prefix are there already, e.g. restored ones: they are used as they are, and the stack neither makes nor changes any. */
  readonly existingTables: boolean;
  /** Status updates go through SQS. */
  readonly queue: boolean;
  /** Requests and background jobs in services of their own. */
  readonly separateWorkers: boolean;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Requests a minute that one task is to answer before another is started. */
  readonly requestsPerTask: number;
  readonly internetFacing: boolean;
  /** Who may open a connection to the load balancer. */
  readonly allowedCidrs: readonly string[];
  /** `null`: a VPC is made. */
  readonly vpc: GivenVpc | null;
  readonly alarmEmails: readonly string[];
  readonly collectorImage: string;
}

export interface GivenVpc {
  readonly id: string;
  readonly availabilityZones: readonly string[];
  /** One for each zone; with a way to Slack, DynamoDB and ECR. */
  readonly privateSubnetIds: readonly string[];
  /** One for each zone; of the load balancer when it faces the internet. */
  readonly publicSubnetIds: readonly string[];
}

type Reader<T> = (value: unknown) => T | null;

const PREFIX = 'vesper:';
const CERTIFICATE = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[a-z0-9-]+$/;
const SECRET = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;
const CIDR = /^[0-9a-f.:]+\/\d{1,3}$/i;
const EMAIL = /^[^@\s]+@[^@\s]+$/;
/** So that a task that is rolled back to starts what it started before. */
const MOVING_TAGS = ['latest', 'main', 'master'];

const text =
  (rule: RegExp): Reader<string> =>
  (value) =>
    typeof value === 'string' && rule.test(value) ? value : null;
const flag: Reader<boolean> = (value) =>
  value === true || value === 'true' ? true : value === false || value === 'false' ? false : null;
const count: Reader<number> = (value) =>
  Number.isSafeInteger(Number(value)) && Number(value) > 0 ? Number(value) : null;
const list =
  (rule: RegExp): Reader<readonly string[]> =>
  (value) => {
    const items = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
    return Array.isArray(items) && items.every((item) => typeof item === 'string' && rule.test(item))
      ? (items as string[])
      : null;
  };
const variables: Reader<Record<string, string>> = (value) => {
  const map = typeof value === 'string' ? parseJson(value) : value;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return null;
  const good = Object.entries(map).every(([name, item]) => VARIABLE.test(name) && typeof item === 'string');
  return good ? (map as Record<string, string>) : null;
};

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

const imageTag: Reader<string> = (value) => {
  const tag = text(/^[\w][\w.-]{0,127}$/)(value);
  return tag === null || MOVING_TAGS.includes(tag) ? null : tag;
};

/** @throws Error that names every setting that is missing, wrong or unknown */
export function readSettings(context: Record<string, unknown>): Settings {
  const reading = new Reading(context);
  const settings: Settings = {
    imageTag: reading.required('imageTag', imageTag, 'the tag of an image, and not one that moves'),
    imageRepository: reading.optional('imageRepository', text(/^[a-z0-9][a-z0-9._/-]+$/), 'vesper'),
    architecture: reading.optional('architecture', text(/^(X86_64|ARM64)$/) as Reader<'ARM64'>, 'X86_64'),
    certificateArn: reading.required('certificateArn', text(CERTIFICATE), 'the ARN of a certificate of ACM'),
    secretArn: reading.required('secretArn', text(SECRET), 'the complete ARN of a secret'),
    secretNames: reading.optional('secretNames', list(VARIABLE), ['API_KEYS', 'SLACK_BOT_TOKEN']),
    environment: reading.optional('environment', variables, {}),
    tablePrefix: reading.optional('tablePrefix', text(/^[A-Za-z0-9_.-]{1,200}$/), 'vesper-'),
    existingTables: reading.optional('existingTables', flag, false),
    queue: reading.optional('queue', flag, false),
    separateWorkers: reading.optional('separateWorkers', flag, false),
    cpu: reading.optional('cpu', count, 1024),
    memoryMiB: reading.optional('memoryMiB', count, 2048),
    requestsPerTask: reading.optional('requestsPerTask', count, 12_000),
    internetFacing: reading.optional('internetFacing', flag, true),
    allowedCidrs: reading.optional('allowedCidrs', list(CIDR), ['0.0.0.0/0']),
    vpc: readVpc(reading),
    alarmEmails: reading.optional('alarmEmails', list(EMAIL), []),
    collectorImage: reading.optional(
      'collectorImage',
      text(/^[\w./-]+:[\w.-]+(@sha256:[0-9a-f]{64})?$/),
      'public.ecr.aws/aws-observability/aws-otel-collector:v0.48.0',
    ),
  };
  if (!settings.secretNames.includes('API_KEYS')) reading.faults.push('vesper:secretNames lacks API_KEYS');
  for (const name of Object.keys(settings.environment).filter((name) => STACK_VARIABLES.has(name)))
    reading.faults.push(`vesper:environment names ${name}, which the stack sets itself`);
  reading.end();
  return settings;
}

function readVpc(reading: Reading): GivenVpc | null {
  const id = reading.optional('vpcId', text(/^vpc-[0-9a-f]+$/), null);
  const zones = reading.optional('availabilityZones', list(/^[a-z0-9-]+$/), []);
  const subnets = (name: string) => reading.optional(name, list(/^subnet-[0-9a-f]+$/), []);
  const given = {
    privateSubnetIds: subnets('privateSubnetIds'),
    publicSubnetIds: subnets('publicSubnetIds'),
  };
  if (id === null) return null;
  if (zones.length < 2) reading.faults.push('vesper:vpcId asks for two vesper:availabilityZones or more');
  for (const [name, ids] of Object.entries(given))
    if (ids.length !== zones.length)
      reading.faults.push(`vesper:${name} must name one subnet for each of vesper:availabilityZones`);
  return { id, availabilityZones: zones, ...given };
}

/** Collects what is wrong, so that all of it is said at once. */
class Reading {
  readonly faults: string[] = [];
  private readonly known = new Set<string>();

  constructor(private readonly context: Record<string, unknown>) {}

  required<T>(name: string, read: Reader<T>, what: string): T {
    const value = this.read(name, read);
    if (value === undefined) this.faults.push(`${PREFIX}${name} is not set: ${what}`);
    return value as T;
  }

  optional<T, D>(name: string, read: Reader<T>, fallback: D): T | D {
    return this.read(name, read) ?? fallback;
  }

  /** @throws Error when there is any fault */
  end(): void {
    const unknown = Object.keys(this.context).filter((key) => key.startsWith(PREFIX) && !this.known.has(key));
    this.faults.push(...unknown.map((key) => `${key} is no setting`));
    if (this.faults.length > 0) throw new Error(`The settings have faults:\n- ${this.faults.join('\n- ')}`);
  }

  /** @returns `undefined` when it is not set, and `null` when it is wrong, which is noted */
  private read<T>(name: string, read: Reader<T>): T | null | undefined {
    const key = PREFIX + name;
    this.known.add(key);
    const given = this.context[key];
    if (given === undefined) return undefined;
    const value = read(given);
    if (value === null) this.faults.push(`${key} is wrong: ${JSON.stringify(given)}`);
    return value;
  }
}
