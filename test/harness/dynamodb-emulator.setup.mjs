import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/**
 * Gives every DynamoDB suite an endpoint: the one in DYNAMODB_ENDPOINT, else the emulator from npm, else DynamoDB Local by Java.
 * Finding none is an error and never a silent skip.
 */
export default async function setup() {
  if (process.env.DYNAMODB_ENDPOINT) return;
  process.env.AWS_REGION ??= 'local';
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  process.env.NODE_NO_WARNINGS = '1';
  const { endpoint, child } = await startEmulator();
  process.env.DYNAMODB_ENDPOINT = endpoint;
  globalThis.dynamodbEmulator = child;
}

/** @returns {Promise<{ endpoint: string, child: import('node:child_process').ChildProcess }>} */
export async function startEmulator() {
  const command = emulatorCommand();
  for (let attempt = 1; attempt <= 3; attempt++) {
    const port = await freePort();
    const child = spawn(command.file, command.args(port), { stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    const endpoint = `http://127.0.0.1:${port}`;
    if (await answers(endpoint, child)) return { endpoint, child };
    child.kill('SIGKILL');
  }
  throw new Error('The DynamoDB emulator did not start in three attempts.');
}

function emulatorCommand() {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve(`@dynoxide/${process.platform}-${process.arch}/package.json`);
    return { file: join(dirname(manifest), 'dynoxide'), args: (port) => ['--port', String(port)] };
  } catch {
    const folder = process.env.DYNAMODB_LOCAL_DIR;
    if (!folder) {
      throw new Error(
        `No DynamoDB emulator for ${process.platform}-${process.arch} in npm. Set DYNAMODB_ENDPOINT to a running one ` +
          '(docker compose up dynamodb), or DYNAMODB_LOCAL_DIR to an unpacked DynamoDB Local (needs java).',
      );
    }
    return {
      file: 'java',
      args: (port) => [
        `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
        ...['-jar', join(folder, 'DynamoDBLocal.jar'), '-inMemory', '-sharedDb', '-port', String(port)],
      ],
    };
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(endpoint, child) {
  for (let left = 1000; left > 0 && child.exitCode === null; left--) {
    try {
      await fetch(endpoint);
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return false;
}
