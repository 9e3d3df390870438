import { IsInt, IsOptional, IsString, Length } from 'class-validator';
import fc from 'fast-check';
import { allViolations, DtoReader, type Reading } from './dto-reader';
import { ListOf } from './list-of';
import { Trimmed } from './trimmed';

class WheelDto {
  @Trimmed()
  @IsString()
  @Length(1, 5)
  name!: string;

  @IsOptional()
  @IsInt()
  size?: number;
}

class CarDto {
  @IsString()
  make!: string;

  @ListOf(WheelDto, { least: 1, most: 3 })
  wheels!: WheelDto[];
}

class LotDto {
  @IsOptional()
  @ListOf(CarDto, { least: 0, most: 2 })
  cars?: CarDto[];
}

const cars = new DtoReader(CarDto);
const wheels = new DtoReader(WheelDto);
const lots = new DtoReader(LotDto);

function violationsOf(reading: Reading<object>): readonly string[] {
  return reading.ok ? [] : allViolations(reading);
}

it('reads each element as an instance of its class, trimmed', () => {
  const reading = cars.read({ make: 'x', wheels: [{ name: ' front ' }, { name: 'rear', size: 3 }] });
  expect(reading).toEqual({
    ok: true,
    dto: { make: 'x', wheels: [{ name: 'front' }, { name: 'rear', size: 3 }] },
  });
  const list = reading.ok ? reading.dto.wheels : [];
  expect(list.map((wheel) => wheel instanceof WheelDto)).toEqual([true, true]);
});

it('leaves what was sent as it was', () => {
  const sent = { make: 'x', wheels: [{ name: ' front ' }] };
  cars.read(sent);
  expect(sent).toEqual({ make: 'x', wheels: [{ name: ' front ' }] });
});

it('holds each element to the rules of its class, no more and no less', () => {
  const values = fc.oneof(
    fc.constantFrom<unknown>('a', ' ', '', 1, 1.5, null, undefined, [], {}),
    fc.string(),
  );
  const element = fc.oneof(
    { weight: 5, arbitrary: fc.record({ name: values, size: values, more: values }, { requiredKeys: [] }) },
    fc.constantFrom<unknown>(null, undefined, 7, 'a', true, [], [{ name: 'a' }]),
  );
  fc.assert(
    fc.property(fc.array(element, { minLength: 1, maxLength: 3 }), (list) => {
      const alone = list.map((item) =>
        typeof item === 'object' && item !== null && !Array.isArray(item)
          ? violationsOf(wheels.read(item))
          : ['must be a JSON object'],
      );
      const said = alone.flatMap((violations, index) =>
        violations.map((violation) => `wheels[${index}]: ${violation}`),
      );
      const reading = cars.read({ make: 'x', wheels: list });
      expect(reading.ok).toBe(said.length === 0);
      expect(violationsOf(reading)).toEqual(said);
    }),
    { numRuns: 500 },
  );
});

it('names what is wrong beside the list and in it, and says how each element was read', () => {
  const reading = cars.read({ make: 1, wheels: [{ name: 'a' }, { name: '', colour: 1 }] });
  expect(violationsOf(reading)).toEqual([
    'make must be a string',
    'wheels[1]: colour is not a known field',
    'wheels[1]: name must be longer than or equal to 1 characters',
  ]);
  expect(reading).toMatchObject({
    ok: false,
    violations: ['make must be a string'],
    lists: { wheels: [{ ok: true, dto: { name: 'a' } }, { ok: false }] },
  });
});

it.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'abc'],
  ['an object that looks like a list', { length: 1, 0: { name: 'a' } }],
  ['too few', []],
  ['too many', [{ name: 'a' }, { name: 'a' }, { name: 'a' }, { name: '' }]],
])('refuses %s in place of a list, and looks into none of it', (_, list) => {
  expect(violationsOf(cars.read({ make: 'x', wheels: list }))).toEqual([
    'wheels must be a list of 1 to 3 objects',
  ]);
});

it('reads lists within lists', () => {
  expect(violationsOf(lots.read({}))).toEqual([]);
  expect(violationsOf(lots.read({ cars: [{ make: 'x', wheels: [{ name: 'a' }] }] }))).toEqual([]);
  expect(violationsOf(lots.read({ cars: [{ make: 'x', wheels: [{}] }] }))).toEqual([
    'cars[0]: wheels[0]: name must be longer than or equal to 1 characters',
    'cars[0]: wheels[0]: name must be a string',
  ]);
});

it('keeps its answer short, however much is wrong', () => {
  const flood = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`field${n}`, n]));
  const violations = violationsOf(cars.read({ make: 'x', wheels: [flood, flood, flood] }));
  expect(violations).toHaveLength(101);
  expect(violations.at(-1)).toMatch(/^and \d+ more violations$/);
});
