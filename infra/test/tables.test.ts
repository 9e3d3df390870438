import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TABLES, type TableDefinition } from '../../src/adapters/persistence/dynamodb/tables';
import { resources, templateOf } from './stack';

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
