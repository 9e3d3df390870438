import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from '../../src/platform/http/access';

const src = join(__dirname, '../../src');
/** Keys under which Nest and its Fastify adapter keep what decorators said. */
const [CONTROLLER, METHOD, ROUTE_CONFIG] = ['__controller__', 'method', '__fastify_route_config__'];

interface Door {
  readonly name: string;
  readonly access: Access | undefined;
}

type Constructor = new (...args: never[]) => object;

function controllersOf(file: string): Constructor[] {
  const exported = Object.values(require(file) as Record<string, unknown>);
  return exported.filter(
    (value): value is Constructor => typeof value === 'function' && Reflect.hasMetadata(CONTROLLER, value),
  );
}

function doorsOf(controller: Constructor): Door[] {
  const methods = Object.entries(Object.getOwnPropertyDescriptors(controller.prototype)).map(
    ([name, { value }]) => ({ name: `${controller.name}.${name}`, handler: value as object }),
  );
  return methods
    .filter(({ handler }) => typeof handler === 'function' && Reflect.hasMetadata(METHOD, handler))
    .map(({ name, handler }) => {
      const config = Reflect.getMetadata(ROUTE_CONFIG, handler) as { access?: Access } | undefined;
      return { name, access: config?.access };
    });
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.controller.ts'),
);
const doors = files.flatMap((file) => controllersOf(join(src, file))).flatMap(doorsOf);

it('finds the routes', () => {
  expect(files.every((file) => controllersOf(join(src, file)).length > 0)).toBe(true);
  expect(doors.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'HealthController.report',
      'MetricsController.scrape',
      'SchedulersController.register',
    ]),
  );
});

it('every route says who may use it', () => {
  expect(doors.filter(({ access }) => access === undefined).map(({ name }) => name)).toEqual([]);
});

it('only health and metrics are open without a key', () => {
  const open = doors.filter(({ access }) => access?.kind !== 'scopes').map(({ name }) => name);
  expect(open.sort()).toEqual([
    'HealthController.live',
    'HealthController.ready',
    'HealthController.report',
    'MetricsController.scrape',
  ]);
});
