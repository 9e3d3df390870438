import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOLD_MS } from '../../src/platform/queue/message-queue';
import { resources, templateOf } from './stack';

describe('the queue of status updates', () => {
  const queues = resources(templateOf({ 'vesper:queue': 'true' }), 'AWS::SQS::Queue');
  const queue = queues.find(({ Properties }) => Properties['RedrivePolicy'] !== undefined);
  const deadLetters = queues.find(({ Properties }) => Properties['RedrivePolicy'] === undefined);

  it('is there only when it is wanted', () => {
    assert.deepEqual(resources(templateOf(), 'AWS::SQS::Queue'), []);
    assert.equal(queues.length, 2);
  });

  it('keeps order by scheduler, at high throughput, encrypted', () => {
    for (const { Properties: properties, DeletionPolicy: policy } of queues) {
      assert.equal(properties['FifoQueue'], true);
      assert.equal(properties['DeduplicationScope'], 'messageGroup');
      assert.equal(properties['FifoThroughputLimit'], 'perMessageGroupId');
      assert.equal(properties['SqsManagedSseEnabled'], true);
      assert.equal(policy, 'Retain');
    }
  });

  it('sets aside after five tries, and keeps that for longer', () => {
    const { maxReceiveCount: tries, deadLetterTargetArn: target } = queue?.Properties['RedrivePolicy'] ?? {};
    assert.equal(tries, 5);
    assert.deepEqual(target, { 'Fn::GetAtt': [deadLetters?.id, 'Arn'] });
    assert.ok(
      deadLetters?.Properties['MessageRetentionPeriod'] > queue?.Properties['MessageRetentionPeriod'],
    );
  });

  it('hands a message out for as long as Vesper asks for', () => {
    assert.equal(queue?.Properties['VisibilityTimeout'] * 1_000, HOLD_MS);
  });
});
