import { RemovalPolicy } from 'aws-cdk-lib/core';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
  type Attribute,
} from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  TABLES,
  type IndexDefinition,
  type TableDefinition,
} from '../../src/adapters/persistence/dynamodb/tables';
import { INDEX_ACTIONS, tableActions, type TableKey } from './permissions';

const KEYS = Object.keys(TABLES) as TableKey[];

/** The tables of one installation, from the same definition as the service's own. They outlive the stack. */
export class VesperTables extends Construct {
  readonly tables: Readonly<Record<TableKey, Table>>;

  constructor(scope: Construct, id: string, prefix: string) {
    super(scope, id);
    this.tables = Object.fromEntries(
      KEYS.map((key) => [key, this.createTable(TABLES[key], prefix)]),
    ) as Record<TableKey, Table>;
  }

  /** @returns each table with the names of its indexes */
  list(): { readonly table: Table; readonly definition: TableDefinition }[] {
    return KEYS.map((key) => ({ table: this.tables[key], definition: TABLES[key] }));
  }

  /** What the service does with each table and each index, and nothing more. */
  grantUse({ grantPrincipal }: IGrantable): void {
    for (const key of KEYS) {
      const { tableArn } = this.tables[key];
      const definition: TableDefinition = TABLES[key];
      grantPrincipal.addToPrincipalPolicy(allow(tableActions(key), [tableArn]));
      const indexes = definition.indexes.map(({ name }) => `${tableArn}/index/${name}`);
      if (indexes.length > 0) grantPrincipal.addToPrincipalPolicy(allow(INDEX_ACTIONS, indexes));
    }
  }

  private createTable(definition: TableDefinition, prefix: string): Table {
    const table = new Table(this, definition.name, {
      tableName: prefix + definition.name,
      ...keysOf(definition),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(definition.ttlAttribute !== null && { timeToLiveAttribute: definition.ttlAttribute }),
    });
    for (const index of definition.indexes) {
      table.addGlobalSecondaryIndex({ indexName: index.name, ...keysOf(index), ...projectionOf(index) });
    }
    return table;
  }
}

function allow(actions: readonly string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions: actions.map((action) => `dynamodb:${action}`),
    resources,
  });
}

function keysOf({ partitionKey, sortKey }: { partitionKey: string; sortKey: string | null }) {
  const attribute = (name: string): Attribute => ({ name, type: AttributeType.STRING });
  return {
    partitionKey: attribute(partitionKey),
    ...(sortKey !== null && { sortKey: attribute(sortKey) }),
  };
}

function projectionOf({ projected }: IndexDefinition) {
  return projected.length === 0
    ? { projectionType: ProjectionType.KEYS_ONLY }
    : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...projected] };
}
