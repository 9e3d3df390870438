import { Duration, Stack } from 'aws-cdk-lib/core';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { INSTALLATION, NAMESPACE, type WantedMetric } from './collector';

export interface View<Label extends string> {
  readonly statistic: string;
  readonly labels?: Readonly<Record<Label, string>>;
  readonly label?: string;
}

/** A metric of Vesper as the collector leaves it in CloudWatch. It takes a value for each label by which it is kept apart, and no other. */
export function vesperMetric<Wanted extends WantedMetric>(
  scope: Construct,
  { name }: Wanted,
  { statistic, labels, label }: View<Wanted['by'][number]>,
): Metric {
  return new Metric({
    namespace: NAMESPACE,
    metricName: name,
    dimensionsMap: { [INSTALLATION]: Stack.of(scope).stackName, ...labels },
    statistic,
    period: Duration.minutes(1),
    ...(label !== undefined && { label }),
  });
}
