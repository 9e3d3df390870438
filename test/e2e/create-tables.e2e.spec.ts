import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';

const SOURCE = join(__dirname, '../../src/create-tables.ts');
const RUN_TYPESCRIPT = join(__dirname, '../harness/run-typescript.cjs');

interface End {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

jest.setTimeout(60_000);

describe('npm run db:create', () => {
  const endpoint = process.env['DYNAMODB_ENDPOINT'] ?? '';
  let folder: string;
  let client: DynamoDBClient;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vesper-tables-'));
    client = new DynamoDBClient({ endpoint });
  });
  afterEach(async () => {
    client.destroy();
    await rm(folder, { recursive: true });
  });

  /** In a folder with this `.env`. */
  async function run(dotEnv: string, more: Readonly<Record<string, string>> = {}): Promise<End> {
    await writeFile(join(folder, '.env'), dotEnv);
    const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
    const env = { PATH: process.env['PATH'], ...credentials, ...more };
    return new Promise((resolve) =>
      execFile(
        process.execPath,
        ['-r', RUN_TYPESCRIPT, SOURCE],
        { cwd: folder, env, timeout: 30_000 },
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
      ),
    );
  }

  async function tablesOf(prefix: string): Promise<readonly string[]> {
    const { TableNames: names = [] } = await client.send(
      new ListTablesCommand({ ExclusiveStartTableName: prefix, Limit: 3 }),
    );
    return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }

  it('makes them where .env says that they are, as Vesper reads it', async () => {
    const prefix = `env-${randomUUID()}-`;
    const end = await run(
      `DYNAMODB_ENDPOINT=${endpoint}\nDYNAMODB_TABLE_PREFIX=${prefix}\nAWS_REGION=local\nPORT=none of its business\n`,
    );
    expect(end).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`All tables of ${prefix}* are there`),
    });
    expect(await tablesOf(prefix)).toEqual(['operations', 'scheduler-status-history', 'schedulers']);
  });

  it('lets the environment win over .env, and takes an empty prefix for the default one', async () => {
    const told = { DYNAMODB_ENDPOINT: endpoint, AWS_REGION: 'local', DYNAMODB_TABLE_PREFIX: '' };
    const { code, stdout } = await run('DYNAMODB_ENDPOINT=http://127.0.0.1:1\n', told);
    expect([code, stdout.trim().split('\n').at(-1)]).toEqual([
      0,
      `All tables of vesper-* are there, at ${endpoint}`,
    ]);
  });

  it('refuses what Vesper would refuse', async () => {
    const { code, stderr } = await run('DYNAMODB_TABLE_PREFIX=not a prefix\n');
    expect(code).toBe(1);
    expect(stderr).toMatch(/DYNAMODB_TABLE_PREFIX must match/);
  });
});
