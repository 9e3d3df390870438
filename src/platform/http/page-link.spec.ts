import { fastify, type InjectOptions } from 'fastify';
import fc from 'fast-check';
import { isEmpty, validateSync } from 'class-validator';
import { decodeCursor, encodeCursor, IsCursor } from './cursor';
import { linkNextPage } from './page-link';

const app = fastify();
app.get('/list', (request, reply) => {
  const { next } = request.query as { next?: string };
  linkNextPage(request, reply, next ?? null, 2);
  return reply.send([]);
});
afterAll(() => app.close());

const linkOf = async (options: InjectOptions) => (await app.inject(options)).headers['link'];

it('leads to the next page with the same filters', async () => {
  const link = await linkOf({
    url: '/list?status=failed&next=a%00b&cursor=old',
    headers: { host: 'vesper:3000' },
  });
  const cursor = encodeCursor('a\0b');
  expect(link).toBe(
    `<http://vesper:3000/list?status=failed&next=a%00b&cursor=${cursor}&limit=2>; rel="next"`,
  );
});

it('is absent on the last page', async () => {
  expect(await linkOf({ url: '/list' })).toBeUndefined();
});

it.each(['[', 'a b', ':x', 'a:99999'])('is a relative one when Host says %j', async (host) => {
  expect(await linkOf({ url: '/list?next=a', headers: { host } })).toBe(
    '</list?next=a&cursor=YQ&limit=2>; rel="next"',
  );
});

it('accepts the cursors that were given out, and no others', () => {
  class Dto {
    @IsCursor()
    cursor!: string;
  }
  const accepts = (cursor: string) => isEmpty(validateSync(Object.assign(new Dto(), { cursor })).join());
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }), (position) => {
      expect(decodeCursor(encodeCursor(position))).toBe(position);
      expect(accepts(encodeCursor(position))).toBe(true);
    }),
  );
  for (const odd of ['', 'YQ==', 'Y Q', '%00', 'Y', 'x'.repeat(2_049), '_w'])
    expect(accepts(odd)).toBe(false);
});
