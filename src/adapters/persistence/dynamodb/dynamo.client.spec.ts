import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SystemClock } from '../../system/system.clock';
import { createClient } from './dynamo.client';
import { DynamoConnection } from './dynamo.connection';
import { tableNames } from './tables';

const command = () => new GetItemCommand({ TableName: 't', Key: { scheduler_id: { S: 'job' } } });

/** What is done once for all calls must not be what has to be done for each of them. */
describe('a client', () => {
  let server: Server;
  let client: DynamoDBClient;
  let connection: DynamoConnection;
  const heard: IncomingHttpHeaders[] = [];
  const environment = { ...process.env };

  beforeAll(async () => {
    server = createServer((request, response) => {
      heard.push(request.headers);
      response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    heard.length = 0;
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = createClient({ endpoint, region: 'local' });
    const clock = new SystemClock();
    connection = new DynamoConnection({ client, hotClient: client, tables: tableNames('x-'), clock });
  });
  afterEach(() => {
    connection.close();
    process.env = environment;
  });
  afterAll((done) => {
    server.close(done);
  });

  it('builds its chain of middleware once, not for each call', async () => {
    let built = 0;
    client.middlewareStack.add((next) => {
      built += 1;
      return next;
    });
    for (let call = 0; call < 3; call++) await connection.send(command());
    expect(built).toBe(1);
    expect(heard).toHaveLength(3);
  });

  it('has one signer, which signs with the credentials of the moment', async () => {
    process.env = { ...environment, ...expiringCredentials('FIRST') };
    await connection.send(command());
    const [signer, again] = await Promise.all([client.config.signer(), client.config.signer()]);
    expect(again).toBe(signer);
    process.env = { ...environment, ...expiringCredentials('SECOND') };
    await connection.send(command());
    expect(heard.map(({ authorization }) => /Credential=(\w+)/.exec(authorization ?? '')?.[1])).toEqual([
      'FIRST',
      'SECOND',
    ]);
  });

  it('numbers the calls and their attempts for AWS, each call anew', async () => {
    await connection.send(command());
    await connection.send(command());
    const ids = heard.map((headers) => headers['amz-sdk-invocation-id']);
    expect(new Set(ids).size).toBe(2);
    expect(heard.map((headers) => headers['amz-sdk-request'])).toEqual(Array(2).fill('attempt=1; max=4'));
  });
});

/** So near their end that the SDK asks for them anew at each call. */
function expiringCredentials(keyId: string): NodeJS.ProcessEnv {
  return {
    AWS_ACCESS_KEY_ID: keyId,
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + 60_000).toISOString(),
  };
}
