import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSettings } from '../lib/settings';
import { LEAST } from './stack';

describe('settings', () => {
  it('need an image, a certificate and a secret, and say so at once', () => {
    assert.throws(() => readSettings({}), {
      message: [
        'The settings have faults:',
        '- vesper:imageTag is not set: the tag of an image, and not one that moves',
        '- vesper:certificateArn is not set: the ARN of a certificate of ACM',
        '- vesper:secretArn is not set: the complete ARN of a secret',
      ].join('\n'),
    });
  });

  it('are read from what `cdk -c` hands over, which is text', () => {
    const settings = readSettings({
      ...LEAST,
      'vesper:queue': 'true',
      'vesper:cpu': '2048',
      'vesper:allowedCidrs': '10.0.0.0/8, 2001:db8::/32',
      'vesper:environment': '{"SLACK_CHANNEL_ID":"C0123456789"}',
    });
    assert.equal(settings.queue, true);
    assert.equal(settings.cpu, 2048);
    assert.deepEqual(settings.allowedCidrs, ['10.0.0.0/8', '2001:db8::/32']);
    assert.deepEqual(settings.environment, { SLACK_CHANNEL_ID: 'C0123456789' });
    assert.equal(settings.vpc, null);
  });

  const faults: [string, Record<string, unknown>, RegExp][] = [
    ['a setting that does not exist', { 'vesper:queu': 'true' }, /vesper:queu is no setting/],
    ['a tag that moves', { 'vesper:imageTag': 'latest' }, /vesper:imageTag is wrong: "latest"/],
    ['a flag that is neither', { 'vesper:queue': 'yes' }, /vesper:queue is wrong: "yes"/],
    [
      'a secret without its last six characters',
      { 'vesper:secretArn': LEAST['vesper:secretArn'].slice(0, -7) },
      /secretArn is wrong/,
    ],
    ['secrets without the keys', { 'vesper:secretNames': 'SLACK_BOT_TOKEN' }, /secretNames lacks API_KEYS/],
    [
      'variables that are no object of texts',
      { 'vesper:environment': '{"PORT":3000}' },
      /environment is wrong/,
    ],
    [
      'variables that the stack sets itself, and would overrule',
      { 'vesper:environment': '{"DYNAMODB_TABLE_PREFIX":"vesper-r1-","SQS_QUEUE_URL":"x"}' },
      /names DYNAMODB_TABLE_PREFIX, which the stack sets itself\n.* names SQS_QUEUE_URL, which/,
    ],
    [
      'a VPC with too few subnets',
      {
        'vesper:vpcId': 'vpc-0a1b',
        'vesper:availabilityZones': 'eu-central-1a,eu-central-1b',
        'vesper:privateSubnetIds': 'subnet-1,subnet-2',
        'vesper:publicSubnetIds': 'subnet-3',
      },
      /vesper:publicSubnetIds must name one subnet for each/,
    ],
  ];
  for (const [what, context, message] of faults) {
    it(`refuse ${what}`, () => assert.throws(() => readSettings({ ...LEAST, ...context }), { message }));
  }
});
