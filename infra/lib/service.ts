import { Duration } from 'aws-cdk-lib/core';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer, Port, SubnetType, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  AvailabilityZoneRebalancing,
  FargateService,
  PropagatedTagSource,
  type ICluster,
  type ScalableTaskCount,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
  SslPolicy,
  type ApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { PORT, READY_PATH } from './environment';
import type { Settings } from './settings';
import type { VesperTask } from './task';

export const LEAST_TASKS = 2;
export const MOST_TASKS = 10;
const CPU_PERCENT = 60;
/** More are there within minutes; that fewer would do is believed only when it lasts. */
const COOLDOWN = { scaleOutCooldown: Duration.minutes(1), scaleInCooldown: Duration.minutes(10) };
/** The longest request is a canvas that is written while somebody waits, 20 s; the load balancer lets those in flight end before the task is told to stop. */
const DEREGISTRATION_DELAY = Duration.seconds(25);
/** Vesper keeps an idle connection for 65 s, so that it is never Vesper who closes one that is about to be used. */
const IDLE_TIMEOUT = Duration.seconds(60);

export interface RunningTasks {
  readonly service: FargateService;
  readonly scaling: ScalableTaskCount;
}

/** Tasks in two zones at least, replaced one by one: the new one serves before an old one goes, and a start that fails is rolled back. */
export function startTasks(
  scope: Construct,
  id: string,
  { cluster, task }: { readonly cluster: ICluster; readonly task: VesperTask },
): RunningTasks {
  const service = new FargateService(scope, id, {
    cluster,
    taskDefinition: task.definition,
    // No count: it is the scaling's, and a deploy in a busy hour must not take tasks away.
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { enable: true, rollback: true },
    availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
    assignPublicIp: false,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    enableExecuteCommand: false,
    propagateTags: PropagatedTagSource.SERVICE,
  });
  const scaling = service.autoScaleTaskCount({ minCapacity: LEAST_TASKS, maxCapacity: MOST_TASKS });
  scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: CPU_PERCENT, ...COOLDOWN });
  return { service, scaling };
}

export interface FrontParts {
  readonly vpc: IVpc;
  readonly tasks: RunningTasks;
  readonly settings: Settings;
}

/** HTTPS in front of the tasks that answer requests. */
export class Front extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  readonly targets: ApplicationTargetGroup;

  constructor(scope: Construct, id: string, { vpc, tasks, settings }: FrontParts) {
    super(scope, id);
    const { internetFacing, certificateArn, allowedCidrs } = settings;
    this.balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      vpc,
      internetFacing,
      vpcSubnets: { subnetType: internetFacing ? SubnetType.PUBLIC : SubnetType.PRIVATE_WITH_EGRESS },
      deletionProtection: true,
      dropInvalidHeaderFields: true,
      idleTimeout: IDLE_TIMEOUT,
    });
    const https = this.balancer.addListener('Https', {
      protocol: ApplicationProtocol.HTTPS,
      certificates: [Certificate.fromCertificateArn(this, 'Certificate', certificateArn)],
      sslPolicy: SslPolicy.RECOMMENDED_TLS,
      open: false,
    });
    this.balancer.addListener('Http', {
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    for (const cidr of allowedCidrs) {
      const peer = cidr.includes(':') ? Peer.ipv6(cidr) : Peer.ipv4(cidr);
      for (const port of [443, 80]) this.balancer.connections.allowFrom(peer, Port.tcp(port));
    }
    this.targets = https.addTargets('Requests', {
      port: PORT,
      protocol: ApplicationProtocol.HTTP,
      targets: [tasks.service],
      deregistrationDelay: DEREGISTRATION_DELAY,
      healthCheck: {
        path: READY_PATH,
        healthyHttpCodes: '200',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
    tasks.scaling.scaleOnRequestCount('Requests', {
      targetGroup: this.targets,
      requestsPerTarget: settings.requestsPerTask,
      ...COOLDOWN,
    });
  }
}
