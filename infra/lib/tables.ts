import { RemovalPolicy } from 'aws-cdk-lib/core';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
  type Attribute,
  type ITable,
} from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  TABLES,
  type IndexDefinition,
  type TableDefinition,
} from '../../src/adapters/persistence/dynamodb/tables';
import { INDEX_ACTIONS, tableActions, type TableKey } from './permissions';
import type { Settings } from './settings';

const KEYS = Object.keys(TABLES) as TableKey[];

/** The tables of one installation, from the same definition as the service's own: made here, where they outlive the stack, or there already. */
export class VesperTables extends Construct {
  readonly tables: Readonly<Record<TableKey, ITable>>;

  constructor(
    scope: Construct,
    id: string,
    { tablePrefix, existingTables }: Pick<Settings, 'tablePrefix' | 'existingTables'>,
  ) {
    super(scope, id);
    this.tables = Object.fromEntries(
      KEYS.map((key) => {
        const definition: TableDefinition = TABLES[key];
        const tableName = tablePrefix + definition.name;
        return [
          key,
          existingTables ? this.takeTable(definition, tableName) : this.createTable(definition, tableName),
        ];
      }),
    ) as Record<TableKey, ITable>;
  }

  /** @returns each table with the names of its indexes */
  list(): { readonly table: ITable; readonly definition: TableDefinition }[] {
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

  private takeTable({ name, indexes }: TableDefinition, tableName: string): ITable {
    return Table.fromTableAttributes(this, name, {
      tableName,
      globalIndexes: indexes.map((index) => index.name),
    });
  }

  private createTable(definition: TableDefinition, tableName: string): Table {
    const table = new Table(this, definition.name, {
      tableName,
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
