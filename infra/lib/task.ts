import { Duration, Stack, Validations } from 'aws-cdk-lib/core';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import {
  AwsLogDriverMode,
  Capability,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LinuxParameters,
  LogDriver,
  OperatingSystemFamily,
  Secret,
} from 'aws-cdk-lib/aws-ecs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { collectorConfig } from './collector';
import { ALIVE_COMMAND, environmentOf, METRICS_KEY, PORT, type Part } from './environment';
import type { Settings } from './settings';
import type { StatusQueue } from './status-queue';
import type { VesperTables } from './tables';

/** Vesper is gone 10 s after SIGTERM (spec 70); what is left is for ECS itself. */
const STOP_TIMEOUT = Duration.seconds(15);
/** User `node` of the image. */
const USER = '1000:1000';
/** The folder of the image that belongs to that user, and the only one that is written to. */
const WRITABLE = { name: 'data', path: '/data' };
const COLLECTOR_MEMORY_MIB = 256;
/** User `aoc` of its image. */
const COLLECTOR_USER = '4317';

export interface TaskParts {
  readonly settings: Settings;
  readonly part: Part;
  readonly repository: IRepository;
  readonly secret: ISecret;
  readonly tables: VesperTables;
  readonly queue: StatusQueue | null;
  readonly logs: LogGroup;
  readonly metricLogs: LogGroup;
}

/** One task: Vesper, and beside it the collector that carries its metrics to CloudWatch. */
export class VesperTask extends Construct {
  readonly definition: FargateTaskDefinition;

  constructor(
    scope: Construct,
    id: string,
    private readonly parts: TaskParts,
  ) {
    super(scope, id);
    const { settings, part, tables, queue } = parts;
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      cpu: settings.cpu,
      memoryLimitMiB: settings.memoryMiB,
      runtimePlatform: {
        operatingSystemFamily: OperatingSystemFamily.LINUX,
        cpuArchitecture: settings.architecture === 'ARM64' ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
      },
      volumes: [{ name: WRITABLE.name }],
    });
    const { taskRole } = this.definition;
    tables.grantUse(taskRole);
    if (part !== 'jobs') queue?.grantFill(taskRole);
    if (part !== 'requests') queue?.grantEmpty(taskRole);
    this.addVesper();
    this.addCollector();
  }

  private addVesper(): void {
    const { settings, part, repository, secret, queue, logs } = this.parts;
    const container = this.definition.addContainer('vesper', {
      image: ContainerImage.fromEcrRepository(repository, settings.imageTag),
      essential: true,
      user: USER,
      readonlyRootFilesystem: true,
      linuxParameters: this.withoutCapabilities('VesperLinux'),
      stopTimeout: STOP_TIMEOUT,
      portMappings: [{ containerPort: PORT }],
      environment: environmentOf(part, settings, {
        region: Stack.of(this).region,
        queueUrl: queue?.queue.queueUrl ?? null,
      }),
      secrets: Object.fromEntries(
        settings.secretNames.map((name) => [name, Secret.fromSecretsManager(secret, name)]),
      ),
      healthCheck: {
        command: ['CMD', ...ALIVE_COMMAND],
        interval: Duration.seconds(30),
        timeout: Duration.seconds(5),
        startPeriod: Duration.seconds(30),
        retries: 3,
      },
      logging: logsTo(logs, 'vesper'),
    });
    container.addMountPoints({
      sourceVolume: WRITABLE.name,
      containerPath: WRITABLE.path,
      readOnly: false,
    });
  }

  private addCollector(): void {
    const { settings, secret, logs, metricLogs } = this.parts;
    const stack = Stack.of(this);
    metricLogs.grantWrite(this.definition.taskRole);
    this.definition.addContainer('collector', {
      image: ContainerImage.fromRegistry(settings.collectorImage),
      // Without it Vesper still does its work, and the alarm on missing figures tells.
      essential: false,
      enableRestartPolicy: true,
      restartAttemptPeriod: Duration.minutes(1),
      user: COLLECTOR_USER,
      readonlyRootFilesystem: true,
      linuxParameters: this.withoutCapabilities('CollectorLinux'),
      memoryLimitMiB: COLLECTOR_MEMORY_MIB,
      environment: {
        AOT_CONFIG_CONTENT: stack.toJsonString(
          collectorConfig({
            installation: stack.stackName,
            region: stack.region,
            logGroupName: metricLogs.logGroupName,
          }),
        ),
      },
      secrets: { [METRICS_KEY]: Secret.fromSecretsManager(secret, METRICS_KEY) },
      // The image has no shell.
      healthCheck: { command: ['CMD', '/healthcheck'], startPeriod: Duration.seconds(30) },
      logging: logsTo(logs, 'collector'),
    });
    Validations.of(this.definition).acknowledge({
      id: 'CloudFormation-Validate::E1029',
      reason:
        'What looks like a parameter of CloudFormation is a variable of the collector, which puts it in',
    });
  }

  private withoutCapabilities(id: string): LinuxParameters {
    const linux = new LinuxParameters(this, id, { initProcessEnabled: false });
    linux.dropCapabilities(Capability.ALL);
    return linux;
  }
}

/** A log that cannot be written must not hold up what it tells of. */
function logsTo(logGroup: LogGroup, streamPrefix: string): LogDriver {
  return LogDriver.awsLogs({ logGroup, streamPrefix, mode: AwsLogDriverMode.NON_BLOCKING });
}
