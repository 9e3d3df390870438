import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TABLES } from '../../src/adapters/persistence/dynamodb/tables';
import {
  DEAD_LETTER_ACTIONS,
  DEAD_LETTER_LOOK_ACTIONS,
  INDEX_ACTIONS,
  QUEUE_EMPTY_ACTIONS,
  QUEUE_FILL_ACTIONS,
  tableActions,
  type TableKey,
} from '../lib/permissions';
import { read, sourcesIn } from './repository';
import { resources, templateOf } from './stack';

/** Commands whose right is not called like them. A transaction needs the rights of its parts, which commit.ts names. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  TransactGetItems: ['GetItem'],
  TransactWriteItems: [],
  SendMessageBatch: ['SendMessage'],
  DeleteMessageBatch: ['DeleteMessage'],
  ChangeMessageVisibilityBatch: ['ChangeMessageVisibility'],
};
const PARTS = [
  [/write: \{ Put:/, 'PutItem'],
  [/write: \{ Delete:/, 'DeleteItem'],
  [/write: \{ Update:/, 'UpdateItem'],
  [/\bConditionCheck:/, 'ConditionCheckItem'],
] as const;

/** Makes tables by hand; in production the stack does. */
const NOT_IN_SERVICE = ['create-tables.ts'];

function rightsUsedIn(folder: string): Set<string> {
  const rights = new Set<string>();
  for (const path of sourcesIn(folder).filter(
    (path) => !NOT_IN_SERVICE.some((name) => path.endsWith(name)),
  )) {
    const source = read(path);
    for (const [, command = ''] of source.matchAll(/new (\w+)Command\(/g))
      for (const right of RIGHTS[command] ?? [command]) rights.add(right);
    for (const [part, right] of PARTS) if (part.test(source)) rights.add(right);
  }
  return rights;
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const asList = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

describe('permissions', () => {
  it('of the tables are those that the commands of the service need, and no others', () => {
    const given = [...(Object.keys(TABLES) as TableKey[]).flatMap(tableActions), ...INDEX_ACTIONS];
    assert.deepEqual(new Set(given), rightsUsedIn('src/adapters/persistence/dynamodb'));
  });

  it('of the queues are those that the commands of the service need, and no others', () => {
    const given = [...QUEUE_FILL_ACTIONS, ...QUEUE_EMPTY_ACTIONS, ...DEAD_LETTER_ACTIONS];
    assert.deepEqual(new Set(given), rightsUsedIn('src/adapters/sqs'));
  });

  for (const context of [
    {},
    { 'vesper:queue': 'true' },
    { 'vesper:queue': 'true', 'vesper:separateWorkers': 'true' },
  ]) {
    it(`name no pattern, ${JSON.stringify(context)}`, () => {
      const statements = resources(templateOf(context), 'AWS::IAM::Policy').flatMap(
        ({ Properties }) => Properties['PolicyDocument'].Statement as Statement[],
      );
      assert.ok(statements.length > 0);
      for (const { Action: action, Resource: resource } of statements) {
        assert.doesNotMatch(JSON.stringify(action), /\*/);
        // The one right of ECR that AWS knows no resource for; of the role that starts a task, not of Vesper's own.
        if (action === 'ecr:GetAuthorizationToken') assert.equal(resource, '*');
        else assert.doesNotMatch(JSON.stringify(resource), /[*?]/);
      }
    });
  }

  it('to make, change or delete a table or a queue are nobody’s', () => {
    const policies = JSON.stringify(resources(templateOf({ 'vesper:queue': 'true' }), 'AWS::IAM::Policy'));
    assert.doesNotMatch(policies, /(Create|Delete|Update)(Table|Queue)|PurgeQueue|UpdateTimeToLive/);
  });

  it('of the queue are given only when there is one, and those to take from it only to who runs jobs', () => {
    const actions = (context: object, role: string) =>
      resources(templateOf(context as Record<string, unknown>), 'AWS::IAM::Policy')
        .filter(({ id }) => id.startsWith(role))
        .flatMap(({ Properties }) => Properties['PolicyDocument'].Statement as Statement[])
        .flatMap(({ Action: action }) => asList(action))
        .filter((action) => action.startsWith('sqs:'));
    const apart = { 'vesper:queue': 'true', 'vesper:separateWorkers': 'true' };
    const onDeadLetters = (role: string) =>
      resources(templateOf(apart), 'AWS::IAM::Policy')
        .filter(({ id }) => id.startsWith(role))
        .flatMap(({ Properties }) => Properties['PolicyDocument'].Statement as Statement[])
        .filter(({ Resource: resource }) => JSON.stringify(resource).includes('DeadLetters'))
        .flatMap(({ Action: action }) => asList(action));
    assert.deepEqual(onDeadLetters('Requests'), ['sqs:GetQueueAttributes']);
    assert.deepEqual(onDeadLetters('Jobs'), ['sqs:GetQueueAttributes', 'sqs:SendMessage']);
    assert.deepEqual(actions({}, 'Requests'), []);
    assert.deepEqual(
      new Set(actions(apart, 'Requests')),
      new Set([...QUEUE_FILL_ACTIONS, ...DEAD_LETTER_LOOK_ACTIONS].map((action) => `sqs:${action}`)),
    );
    assert.ok(actions(apart, 'Jobs').includes('sqs:ReceiveMessage'));
    assert.ok(!actions(apart, 'Requests').includes('sqs:ReceiveMessage'));
    const together = actions({ 'vesper:queue': 'true' }, 'Requests');
    for (const action of [...QUEUE_FILL_ACTIONS, ...QUEUE_EMPTY_ACTIONS])
      assert.ok(together.includes(`sqs:${action}`), action);
  });
});
