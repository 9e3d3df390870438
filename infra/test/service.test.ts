import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { READY_PATH } from '../lib/environment';
import { read } from './repository';
import { LEAST, resources, single, templateOf } from './stack';

describe('the service', () => {
  const template = templateOf();
  const { Properties: service } = single(template, 'AWS::ECS::Service');
  const { Properties: targets } = single(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
  const listeners = resources(template, 'AWS::ElasticLoadBalancingV2::Listener');

  it('is replaced without a gap, and goes back when the new one does not start', () => {
    assert.deepEqual(service['DeploymentConfiguration'], {
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
    assert.equal(service['NetworkConfiguration'].AwsvpcConfiguration.AssignPublicIp, 'DISABLED');
  });

  it('has 2 to 10 tasks, by processor and by requests', () => {
    const { Properties: scaling } = single(template, 'AWS::ApplicationAutoScaling::ScalableTarget');
    // Set here, it would undo at each deploy what the scaling has done.
    assert.equal(service['DesiredCount'], undefined);
    assert.equal(scaling['MinCapacity'], 2);
    assert.equal(scaling['MaxCapacity'], 10);
    const measured = resources(template, 'AWS::ApplicationAutoScaling::ScalingPolicy').map(
      ({ Properties }) =>
        Properties['TargetTrackingScalingPolicyConfiguration'].PredefinedMetricSpecification
          .PredefinedMetricType,
    );
    assert.deepEqual(measured.toSorted(), ['ALBRequestCountPerTarget', 'ECSServiceAverageCPUUtilization']);
  });

  it('is asked whether it is ready', () => {
    assert.equal(targets['HealthCheckPath'], READY_PATH);
    assert.equal(READY_PATH, '/api/v1/health/ready');
    assert.deepEqual(targets['Matcher'], { HttpCode: '200' });
  });

  it('gives requests in flight as long as Vesper gives them, and keeps connections for less long than Vesper does', () => {
    const constant = (file: string, name: string) =>
      Number(new RegExp(`${name} = ([\\d_]+)`).exec(read(file))?.[1]?.replaceAll('_', ''));
    const attribute = (list: { Key: string; Value: string }[], key: string) =>
      Number(list.find(({ Key }) => Key === key)?.Value) * 1_000;
    const { Properties: balancer } = single(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    assert.ok(
      attribute(targets['TargetGroupAttributes'], 'deregistration_delay.timeout_seconds') >
        constant('src/features/board/canvas.service.ts', 'LONGEST_SYNC_MS'),
    );
    assert.ok(
      attribute(balancer['LoadBalancerAttributes'], 'idle_timeout.timeout_seconds') <
        constant('src/platform/http/http-adapter.ts', 'KEEP_ALIVE_MS'),
    );
  });

  it('speaks TLS, and sends plain HTTP there', () => {
    const [https, http] = ['HTTPS', 'HTTP'].map((protocol) =>
      listeners.find(({ Properties }) => Properties['Protocol'] === protocol),
    );
    assert.equal(listeners.length, 2);
    assert.deepEqual(https?.Properties['Certificates'], [{ CertificateArn: LEAST['vesper:certificateArn'] }]);
    assert.match(https?.Properties['SslPolicy'], /TLS13/);
    assert.deepEqual(http?.Properties['DefaultActions'], [
      { Type: 'redirect', RedirectConfig: { Port: '443', Protocol: 'HTTPS', StatusCode: 'HTTP_301' } },
    ]);
  });

  it('is reached from the load balancer alone, and that from where it is allowed', () => {
    const allowed = templateOf({ 'vesper:allowedCidrs': '10.1.0.0/16', 'vesper:internetFacing': 'false' });
    const groups = resources(allowed, 'AWS::EC2::SecurityGroup');
    const open = groups.flatMap(({ Properties }) => Properties['SecurityGroupIngress'] ?? []);
    assert.deepEqual(
      open.map(({ CidrIp, FromPort, ToPort }) => [CidrIp, FromPort, ToPort]),
      [
        ['10.1.0.0/16', 443, 443],
        ['10.1.0.0/16', 80, 80],
      ],
    );
    const { Properties: toTasks } = single(allowed, 'AWS::EC2::SecurityGroupIngress');
    assert.equal(toTasks['FromPort'], 3000);
    assert.ok(toTasks['SourceSecurityGroupId']);
    const { Properties: balancer } = single(allowed, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    assert.equal(balancer['Scheme'], 'internal');
  });

  it('moves into a VPC that is given', () => {
    const given = templateOf({
      'vesper:vpcId': 'vpc-0a1b2c',
      'vesper:availabilityZones': 'eu-central-1a,eu-central-1b',
      'vesper:privateSubnetIds': 'subnet-1,subnet-2',
      'vesper:publicSubnetIds': 'subnet-3,subnet-4',
    });
    assert.deepEqual(resources(given, 'AWS::EC2::VPC'), []);
    const { Properties: moved } = single(given, 'AWS::ECS::Service');
    assert.deepEqual(moved['NetworkConfiguration'].AwsvpcConfiguration.Subnets, ['subnet-1', 'subnet-2']);
    assert.equal(resources(template, 'AWS::EC2::NatGateway').length, 2);
  });

  it('keeps its log for three months', () => {
    const retentions = resources(template, 'AWS::Logs::LogGroup').map(
      ({ Properties }) => Properties['RetentionInDays'],
    );
    assert.deepEqual(
      retentions.toSorted((a, b) => a - b),
      [14, 90],
    );
  });
});
