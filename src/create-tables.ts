import { existsSync } from 'node:fs';
import { createClient } from './adapters/persistence/dynamodb/dynamo.client';
import { createTables } from './adapters/persistence/dynamodb/create-tables';
import { SystemClock } from './adapters/system/system.clock';
import { loadTablesConfig } from './platform/config/load-config';

/** `npm run db:create`: makes the tables that are missing, on any endpoint, where Vesper itself would look for them. */
async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { endpoint, region, tablePrefix: prefix } = loadTablesConfig(process.env);
  const client = createClient({ ...(endpoint !== null && { endpoint }), ...(region !== null && { region }) });
  const onNotice = (message: string, fields?: object) => console.log(message, fields ?? '');
  try {
    await createTables(client, prefix, { clock: new SystemClock(), onNotice });
    console.log(`All tables of ${prefix}* are there, at ${endpoint ?? 'AWS'}`);
  } finally {
    client.destroy();
  }
}

main().catch((error: unknown) => {
  for (let reason = error; reason instanceof Error; reason = reason.cause) console.error(reason.message);
  process.exitCode = 1;
});
