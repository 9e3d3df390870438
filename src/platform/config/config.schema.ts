import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsOptional,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { Setting } from './setting.decorator';
import { IsTimeOfDay, IsTimeZone } from './window-rules';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
/** Slack's ids of public, private and direct channels. */
export const SLACK_CHANNEL_ID = /^[CGD][A-Z0-9]{2,}$/;
/** What a timer of Node can wait for, and more than anybody wants. */
const DAY_MINUTES = 24 * 60;
const SHORTEST_TOKEN_KEY = 32;

export const DEFAULT_WINDOWS_FILE = 'config/windows.json';
export const DEFAULT_APPS_FILE = 'config/apps.json';

const webAddress = {
  require_tld: false,
  allow_underscores: true,
  protocols: ['http', 'https'],
  require_protocol: true,
};

/**
 * Every environment variable that Vesper reads: its rules, and what .env.example and docs/CONFIGURATION.md say of it.
 * A property is named like its variable and holds the value read from the text.
 */
export class Environment {
  @Setting({ default: 'development', unit: null, about: '`production` switches the strict start checks on.' })
  @IsIn(['development', 'test', 'production'])
  NODE_ENV!: string;

  @Setting({ default: '0.0.0.0', unit: null, about: 'Address on which Vesper listens.' })
  @IsNotEmpty()
  HOST!: string;

  @Setting({ default: '3000', unit: null, about: 'Port on which Vesper listens; 0 takes a free one.' })
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT!: number;

  @Setting({
    default: '0',
    unit: 'seconds',
    about:
      'For how long a process that is told to stop goes on serving while it says that it is not ready: as long as whatever stands before it takes to notice.',
  })
  @IsNumber()
  @Min(0)
  @Max(60)
  SHUTDOWN_DRAIN_SECONDS!: number;

  @Setting({
    default: 'false',
    unit: null,
    about:
      'Whose X-Forwarded-For is believed: `false`, `true`, a number of hops, or addresses (CIDR, comma-separated) of the load balancers.',
  })
  @IsNotEmpty()
  TRUST_PROXY!: string;

  @Setting({
    default: '',
    unit: null,
    about: `Keys as \`name:key\` or \`name:key:scope+scope\`, comma-separated; scopes: schedulers, board, alerts, read, admin (default: all but admin).`,
    secret: true,
  })
  @IsOptional()
  API_KEYS?: string;

  @Setting({
    default: '100',
    unit: 'requests per rolling minute',
    about:
      'Limit per API key, and per address for requests without a right key, in each instance; 0 switches it off.',
  })
  @IsNumber()
  @Min(0)
  @Max(1_000_000)
  RATE_LIMIT_PER_MINUTE!: number;

  @Setting({
    default: 'json',
    unit: null,
    about: '`json` (embedded, one process) or `dynamodb` (many instances).',
  })
  @IsIn(['json', 'dynamodb'])
  STORAGE_DRIVER!: string;

  @Setting({ default: './data', unit: null, about: 'Folder of the JSON storage.' })
  @IsNotEmpty()
  DATA_DIR!: string;

  @Setting({ default: '', unit: null, about: 'DynamoDB endpoint; empty for AWS itself.' })
  @IsOptional()
  @IsUrl(webAddress)
  DYNAMODB_ENDPOINT?: string;

  @Setting({ default: 'vesper-', unit: null, about: 'Begins the name of each DynamoDB table.' })
  @Matches(/^[A-Za-z0-9_.-]{1,200}$/)
  DYNAMODB_TABLE_PREFIX!: string;

  @Setting({
    default: 'false',
    unit: null,
    about: 'Whether missing DynamoDB tables are made at start (not for production).',
  })
  @IsBoolean()
  DYNAMODB_CREATE_TABLES!: boolean;

  @Setting({
    default: '',
    unit: null,
    about: 'AWS region; empty leaves it to the usual places of the AWS SDK.',
  })
  @IsOptional()
  @Matches(/^[a-z0-9-]{1,64}$/)
  AWS_REGION?: string;

  @Setting({
    default: 'false',
    unit: null,
    about: 'Whether status updates are queued in SQS and applied from there; their answer is 202 then.',
  })
  @IsBoolean()
  SQS_ENABLED!: boolean;

  @Setting({
    default: '',
    unit: null,
    about: 'URL of the FIFO queue; must be set when SQS_ENABLED is true.',
  })
  @IsOptional()
  @IsUrl(webAddress)
  @Matches(/\.fifo$/, {
    message:
      '$property must be the URL of a FIFO queue, which ends in .fifo: updates of one scheduler keep their order',
  })
  SQS_QUEUE_URL?: string;

  @Setting({
    default: '',
    unit: null,
    about: 'Where SQS is reached, when that is not the host of SQS_QUEUE_URL.',
  })
  @IsOptional()
  @IsUrl(webAddress)
  SQS_ENDPOINT?: string;

  @Setting({
    default: '',
    unit: null,
    about: 'Bot token of the Slack app; empty switches Slack off.',
    secret: true,
  })
  @IsOptional()
  @Matches(/^[!-~]+$/, { message: '$property must be printable ASCII without spaces' })
  SLACK_BOT_TOKEN?: string;

  @Setting({
    default: '',
    unit: null,
    about: 'Id of the channel for alerts and for tables without their own.',
  })
  @IsOptional()
  @Matches(SLACK_CHANNEL_ID, { message: '$property must be a Slack channel id such as C0123456789' })
  SLACK_CHANNEL_ID?: string;

  @Setting({
    default: 'https://slack.com/api/',
    unit: null,
    about: "Slack's Web API, or a stand-in for tests.",
  })
  @IsUrl(webAddress)
  SLACK_API_URL!: string;

  @Setting({
    default: 'Asia/Jakarta',
    unit: null,
    about: 'Time zone (IANA name) of the default EOD window and of the board.',
  })
  @IsTimeZone()
  EOD_TIMEZONE!: string;

  @Setting({
    default: '00:00',
    unit: 'HH:MM',
    about: 'Wall-clock time at which the default EOD window begins.',
  })
  @IsTimeOfDay()
  EOD_WINDOW_START!: string;

  @Setting({
    default: '06:00',
    unit: 'HH:MM',
    about: 'Wall-clock time at which the default EOD window ends; before the start means the next day.',
  })
  @IsTimeOfDay()
  EOD_WINDOW_END!: string;

  @Setting({
    default: '60',
    unit: 'minutes',
    about: 'Time between two edits of a status table.',
  })
  @IsNumber()
  @Min(0.001)
  @Max(DAY_MINUTES)
  EOD_UPDATE_INTERVAL_MINUTES!: number;

  @Setting({
    default: DEFAULT_WINDOWS_FILE,
    unit: null,
    about: 'File that names several EOD windows in place of the default one; may be absent while not set.',
  })
  @IsNotEmpty()
  WINDOWS_CONFIG!: string;

  @Setting({
    default: DEFAULT_APPS_FILE,
    unit: null,
    about:
      'File that names the apps of the status board, its channels and the EPM servers; may be absent while not set: then the board is off.',
  })
  @IsNotEmpty()
  APPS_CONFIG!: string;

  @Setting({
    default: '10',
    unit: 'minutes',
    about:
      'A running scheduler without a sign of life for this long is stale, unless it has its own timeout.',
  })
  @IsNumber()
  @Min(0.001)
  @Max(30 * DAY_MINUTES)
  STALE_TIMEOUT_MINUTES!: number;

  @Setting({ default: '5', unit: 'minutes', about: 'Time between two searches for stale schedulers.' })
  @IsNumber()
  @Min(0.001)
  @Max(DAY_MINUTES)
  STALE_SCAN_INTERVAL_MINUTES!: number;

  @Setting({
    default: 'window',
    unit: null,
    about: "Whether silence counts inside a scheduler's EOD windows only (`window`) or all day (`always`).",
  })
  @IsIn(['window', 'always'])
  STALE_SCAN!: string;

  @Setting({ default: '30', unit: 'days', about: 'How long history entries are kept and shown.' })
  @IsNumber()
  @Min(0.001)
  @Max(3_650)
  HISTORY_RETENTION_DAYS!: number;

  @Setting({
    default: '120',
    unit: 'minutes',
    about: 'A cell of the board that is loading for longer is shown as stale and raises a warning.',
  })
  @IsNumber()
  @Min(0.001)
  @Max(30 * DAY_MINUTES)
  BOARD_LOADING_TIMEOUT_MINUTES!: number;

  @Setting({
    default: '24',
    unit: 'hours',
    about: 'A board without any update for longer raises a warning to check the integration.',
  })
  @IsNumber()
  @Min(0.0001)
  @Max(30 * 24)
  BOARD_IDLE_HOURS!: number;

  @Setting({
    default: '',
    unit: null,
    about:
      'Encrypts the tokens of EPM sign-ins in storage, at least 32 characters; must be set when a polled server uses the grant refresh_token.',
    secret: true,
  })
  @IsOptional()
  @MinLength(SHORTEST_TOKEN_KEY, { message: `$property must have at least ${SHORTEST_TOKEN_KEY} characters` })
  EPM_TOKEN_KEY?: string;

  @Setting({
    default: '10',
    unit: 'alerts',
    about: 'More new alerts than this for one channel within the storm time are told as one message.',
  })
  @IsNumber()
  @Min(1)
  @Max(10_000)
  ALERT_STORM_THRESHOLD!: number;

  @Setting({
    default: '30',
    unit: 'seconds',
    about: 'Time in which new alerts count as a storm.',
  })
  @IsNumber()
  @Min(0.001)
  @Max(3_600)
  ALERT_STORM_SECONDS!: number;

  @Setting({
    default: '30',
    unit: 'seconds',
    about: "Shortest time between two edits of a repeated alert's message.",
  })
  @IsNumber()
  @Min(0)
  @Max(86_400)
  ALERT_REPEAT_EDIT_SECONDS!: number;

  @Setting({
    default: 'all',
    unit: null,
    about: 'Background jobs of this process: `all`, `none`, or names, comma-separated.',
  })
  @IsNotEmpty()
  WORKERS!: string;

  @Setting({
    default: '',
    unit: null,
    about: 'Address that Vesper itself pings, so that somebody notices when the watcher is dead.',
    secret: true,
  })
  @IsOptional()
  @IsUrl(webAddress, { message: '$property must be an http or https address' })
  @MaxLength(2_048)
  HEARTBEAT_URL?: string;

  @Setting({
    default: 'false',
    unit: null,
    about: 'Whether reading /metrics needs an API key with scope read.',
  })
  @IsBoolean()
  METRICS_REQUIRE_KEY!: boolean;

  @Setting({ default: 'info', unit: null, about: `Least level that is logged: ${LOG_LEVELS.join(', ')}.` })
  @IsIn(LOG_LEVELS)
  LOG_LEVEL!: string;

  @Setting({
    default: '',
    unit: null,
    about: '`json` or `pretty`; empty means pretty in development and json elsewhere.',
  })
  @IsOptional()
  @IsIn(['json', 'pretty'])
  LOG_FORMAT?: string;
}
