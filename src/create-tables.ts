import { createClient } from './adapters/persistence/dynamodb/dynamo.client';
import { createTables } from './adapters/persistence/dynamodb/create-tables';
import { SystemClock } from './adapters/system/system.clock';

/** `npm run db:create`: makes the tables that are missing, on any endpoint. */
async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const {
    DYNAMODB_ENDPOINT: endpoint,
    AWS_REGION: region,
    DYNAMODB_TABLE_PREFIX: prefix = 'vesper-',
  } = environment;
  const client = createClient({ ...(endpoint && { endpoint }), ...(region && { region }) });
  const onNotice = (message: string, fields?: object) => console.log(message, fields ?? '');
  try {
    await createTables(client, prefix, { clock: new SystemClock(), onNotice });
    console.log(`All tables of ${prefix}* are there, at ${endpoint ?? 'AWS'}`);
  } finally {
    client.destroy();
  }
}

main(process.env).catch((error: unknown) => {
  for (let reason = error; reason instanceof Error; reason = reason.cause) console.error(reason.message);
  process.exitCode = 1;
});
