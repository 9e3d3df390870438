import { ConfigError } from './config.error';
import { loadConfig } from './load-config';

const URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/vesper-status.fifo';

const load = (environment: Record<string, string>) =>
  loadConfig({ environment, readFile: () => null, workerNames: ['dispatch', 'status-queue'] });

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

it('is off unless switched on, whatever else is set', () => {
  expect(load({ SQS_QUEUE_URL: URL }).queue).toBeNull();
  expect(load({ SQS_ENABLED: 'false' }).queue).toBeNull();
});

it.each([
  [{ SQS_QUEUE_URL: URL }, 'https://sqs.eu-central-1.amazonaws.com', 'eu-central-1'],
  [{ SQS_QUEUE_URL: URL, AWS_REGION: 'us-east-1' }, 'https://sqs.eu-central-1.amazonaws.com', 'eu-central-1'],
  [
    { SQS_QUEUE_URL: 'https://eu-west-1.queue.amazonaws.com/1/q.fifo' },
    'https://eu-west-1.queue.amazonaws.com',
    'eu-west-1',
  ],
  [
    { SQS_QUEUE_URL: 'http://elasticmq:9324/000000000000/q.fifo', AWS_REGION: 'eu-central-1' },
    'http://elasticmq:9324',
    'eu-central-1',
  ],
  [{ SQS_QUEUE_URL: URL, SQS_ENDPOINT: 'http://localhost:9324' }, 'http://localhost:9324', 'eu-central-1'],
  [{ SQS_QUEUE_URL: 'http://localhost:9324/0/q.fifo' }, 'http://localhost:9324', null],
])('finds out of %j where the queue is', (environment: Record<string, string>, endpoint, region) => {
  const { queue } = load({ SQS_ENABLED: 'true', ...environment });
  expect(queue).toEqual({ url: environment['SQS_QUEUE_URL'], endpoint, region });
});

it.each([
  [{}, ['SQS_QUEUE_URL must be set when SQS_ENABLED is true']],
  [
    { SQS_QUEUE_URL: URL.replace('.fifo', '') },
    [
      'SQS_QUEUE_URL must be the URL of a FIFO queue, which ends in .fifo: updates of one scheduler keep their order',
    ],
  ],
  [{ SQS_QUEUE_URL: 'vesper-status.fifo' }, ['SQS_QUEUE_URL must be a URL address']],
  [{ SQS_QUEUE_URL: URL, SQS_ENDPOINT: 'localhost' }, ['SQS_ENDPOINT must be a URL address']],
  [
    { SQS_QUEUE_URL: URL, WORKERS: 'dispatch' },
    [
      'WORKERS must have status-queue when SQS_ENABLED is true on JSON storage: no other process can apply what is queued',
    ],
  ],
])('refuses %j', (environment: Record<string, string>, faults) => {
  expect(faultsOf({ SQS_ENABLED: 'true', ...environment })).toEqual(faults);
});

it('lets API and consumer run apart on DynamoDB', () => {
  const environment = { SQS_ENABLED: 'true', SQS_QUEUE_URL: URL, STORAGE_DRIVER: 'dynamodb' };
  expect(load({ ...environment, WORKERS: 'none' }).queue).not.toBeNull();
});

it('lists its faults with all others', () => {
  expect(faultsOf({ SQS_ENABLED: 'true', PORT: 'x' })).toHaveLength(2 + 2);
});
