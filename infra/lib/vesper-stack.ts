import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { Alarms, type WatchedParts } from './alarms';
import { VesperDashboard } from './dashboard';
import type { Part } from './environment';
import { networkOf } from './network';
import { Front, startTasks } from './service';
import type { Settings } from './settings';
import { StatusQueue } from './status-queue';
import { VesperTables } from './tables';
import { VesperTask } from './task';

export interface VesperStackProps extends StackProps {
  readonly settings: Settings;
}

/** Vesper on ECS Fargate with DynamoDB: everything but the image, the secret and the certificate, which are there before. */
export class VesperStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: VesperStackProps) {
    super(scope, id, props);
    const tables = new VesperTables(this, 'Tables', settings);
    const queue = settings.queue ? new StatusQueue(this, 'StatusQueue') : null;
    const vpc = networkOf(this, settings.vpc);
    const cluster = new Cluster(this, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENABLED });
    const shared = { ...this.sharedParts(settings), settings, tables, queue };
    const start = (name: string, part: Part) =>
      startTasks(this, name, { cluster, task: new VesperTask(this, `${name}Task`, { ...shared, part }) });
    const jobs = settings.separateWorkers ? start('Jobs', 'jobs') : null;
    const requests = start('Requests', jobs === null ? 'everything' : 'requests');
    // Who reads the queue is new before who writes to it: an older reader leaves what it does not know to a newer one, five times at most.
    if (jobs !== null) requests.service.node.addDependency(jobs.service);
    const services = [requests, ...(jobs === null ? [] : [jobs])].map(({ service }) => service);
    const front = new Front(this, 'Front', { vpc, tasks: requests, settings });
    this.watch({ front, services, tables, queue }, settings.alarmEmails);
    new CfnOutput(this, 'BalancerName', { value: front.balancer.loadBalancerDnsName });
    new CfnOutput(this, 'ClusterName', { value: cluster.clusterName });
    for (const service of services)
      new CfnOutput(this, `${service.node.id}ServiceName`, { value: service.serviceName });
  }

  private sharedParts({ imageRepository, secretArn }: Settings) {
    const logGroup = (name: string, retention: RetentionDays) =>
      new LogGroup(this, name, { retention, removalPolicy: RemovalPolicy.RETAIN });
    return {
      repository: Repository.fromRepositoryName(this, 'Repository', imageRepository),
      secret: Secret.fromSecretCompleteArn(this, 'Secret', secretArn),
      logs: logGroup('Logs', RetentionDays.THREE_MONTHS),
      metricLogs: logGroup('MetricLogs', RetentionDays.TWO_WEEKS),
    };
  }

  private watch(parts: WatchedParts, emails: readonly string[]): void {
    const topic = new Topic(this, 'AlarmTopic', { enforceSSL: true });
    for (const email of emails) topic.addSubscription(new EmailSubscription(email));
    new Alarms(this, 'Alarms', topic, parts);
    new VesperDashboard(this, 'Dashboard', parts);
    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn });
  }
}
