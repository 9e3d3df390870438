import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TABLES, type TableDefinition } from '../../src/adapters/persistence/dynamodb/tables';
import { INDEX_ACTIONS, tableActions, type TableKey } from '../lib/permissions';
import { resources, single, templateOf, type Json } from './stack';

const keySchema = (partitionKey: string, sortKey: string | null) => [
  { AttributeName: partitionKey, KeyType: 'HASH' },
  ...(sortKey === null ? [] : [{ AttributeName: sortKey, KeyType: 'RANGE' }]),
];

describe('tables', () => {
  const tables = resources(templateOf({ 'vesper:tablePrefix': 'night-' }), 'AWS::DynamoDB::Table');

  it('are those of the service, and no other', () => {
    assert.deepEqual(
      new Set(tables.map(({ Properties }) => Properties['TableName'])),
      new Set(Object.values(TABLES).map(({ name }) => `night-${name}`)),
    );
  });

  for (const definition of Object.values<TableDefinition>(TABLES)) {
    const table = tables.find(({ Properties }) => Properties['TableName'] === `night-${definition.name}`);
    const { Properties: properties = {} } = table ?? {};

    it(`${definition.name} has the keys, indexes and expiry that the service works with`, () => {
      assert.deepEqual(properties['KeySchema'], keySchema(definition.partitionKey, definition.sortKey));
      assert.deepEqual(
        properties['GlobalSecondaryIndexes'] ?? [],
        definition.indexes.map(({ name, partitionKey, sortKey, projected }) => ({
          IndexName: name,
          KeySchema: keySchema(partitionKey, sortKey),
          Projection:
            projected.length === 0
              ? { ProjectionType: 'KEYS_ONLY' }
              : { ProjectionType: 'INCLUDE', NonKeyAttributes: projected },
        })),
      );
      assert.deepEqual(
        properties['TimeToLiveSpecification'],
        definition.ttlAttribute === null
          ? undefined
          : { AttributeName: definition.ttlAttribute, Enabled: true },
      );
      for (const { AttributeType: type } of properties['AttributeDefinitions']) assert.equal(type, 'S');
    });

    it(`${definition.name} is paid by use, encrypted, restorable, and not deleted with the stack`, () => {
      assert.equal(properties['BillingMode'], 'PAY_PER_REQUEST');
      assert.deepEqual(properties['SSESpecification'], { SSEEnabled: true });
      assert.deepEqual(properties['PointInTimeRecoverySpecification'], { PointInTimeRecoveryEnabled: true });
      assert.equal(properties['DeletionProtectionEnabled'], true);
      assert.equal(table?.DeletionPolicy, 'Retain');
      assert.equal(table?.UpdateReplacePolicy, 'Retain');
    });
  }
});

describe('tables that are there already, as after a restore', () => {
  const template = templateOf({ 'vesper:existingTables': 'true', 'vesper:tablePrefix': 'vesper-r1-' });
  const definitions = Object.entries<TableDefinition>(TABLES) as [TableKey, TableDefinition][];
  const names = definitions.map(([, { name }]) => `vesper-r1-${name}`);
  const arnEnd = (arn: Json): string =>
    (JSON.stringify(arn) ?? '').replace(/^.*:table\//, '').replace(/".*$/, '');

  it('are not made, changed or deleted', () => {
    assert.deepEqual(resources(template, 'AWS::DynamoDB::Table'), []);
  });

  it('are those that Vesper is told of', () => {
    const { Properties: task } = single(template, 'AWS::ECS::TaskDefinition');
    const variables = task['ContainerDefinitions'].flatMap((container: Json) => container.Environment ?? []);
    assert.deepEqual(
      variables.filter(({ Name }: Json) => Name === 'DYNAMODB_TABLE_PREFIX'),
      [{ Name: 'DYNAMODB_TABLE_PREFIX', Value: 'vesper-r1-' }],
    );
  });

  it('and their indexes are what its role names, with the rights of tables of the stack', () => {
    const statements = resources(template, 'AWS::IAM::Policy')
      .flatMap(({ Properties }) => Properties['PolicyDocument'].Statement as Json[])
      .filter(({ Action: action }) => JSON.stringify(action).includes('dynamodb:'));
    const given = new Map<string, Set<string>>();
    for (const { Action: actions, Resource: places } of statements)
      for (const place of [places].flat().map(arnEnd))
        given.set(place, new Set([...(given.get(place) ?? []), ...[actions].flat()]));
    const expected = new Map<string, Set<string>>();
    for (const [key, { name, indexes }] of definitions) {
      const rights = (actions: readonly string[]) => new Set(actions.map((action) => `dynamodb:${action}`));
      expected.set(`vesper-r1-${name}`, rights(tableActions(key)));
      for (const index of indexes)
        expected.set(`vesper-r1-${name}/index/${index.name}`, rights(INDEX_ACTIONS));
    }
    assert.deepEqual(given, expected);
  });

  it('are watched for throttling', () => {
    const watched = JSON.stringify(resources(template, 'AWS::CloudWatch::Alarm'));
    for (const name of names) assert.ok(watched.includes(`{"Name":"TableName","Value":"${name}"}`), name);
  });
});
