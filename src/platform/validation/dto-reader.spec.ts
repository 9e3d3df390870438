import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Min,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  Validate,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';
import { CompiledRules } from './compiled-rules';
import { DtoReader } from './dto-reader';
import { IsInstant } from './instant';
import { IsMetadata } from './metadata';
import { HasNoControlCharacters, IsWellFormedText } from './text';
import { Trimmed } from './trimmed';

class ReportDto {
  @Matches(/^[a-z]+$/)
  id!: string;

  @Trimmed()
  @IsString()
  @Length(1, 5)
  @HasNoControlCharacters()
  @IsWellFormedText()
  name!: string;

  @IsIn(['ok', 'failed'])
  status!: string;

  @IsInstant()
  at!: string;

  @ValidateIf((dto: ReportDto) => dto.status === 'failed')
  @IsString()
  @Length(1, 5)
  reason?: string | null;

  @IsOptional()
  @IsInt()
  @Min(0)
  took_ms?: number | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(2)
  @IsString({ each: true })
  @Length(1, 3, { each: true })
  tags?: string[] | null;

  @IsOptional()
  @IsMetadata()
  metadata?: object | null;
}

const reader = new DtoReader(ReportDto);
const compiled = CompiledRules.of(ReportDto);
const good = { id: 'a', name: 'n', status: 'ok', at: '2024-01-15T01:30:00.000Z' };

function violationsOf(fields: object): readonly string[] {
  const reading = reader.read(fields);
  return reading.ok ? [] : reading.violations;
}

it('gives an instance of the class with the fields that came', () => {
  const reading = reader.read({ ...good, tags: ['x'], took_ms: null });
  expect(reading).toEqual({
    ok: true,
    dto: expect.objectContaining({ ...good, tags: ['x'], took_ms: null }),
  });
  expect(reading.ok && reading.dto).toBeInstanceOf(ReportDto);
});

it('says exactly what class-validator says', () => {
  const values = fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      null,
      true,
      '',
      ' ',
      'a',
      'abc',
      'abcdef',
      'ok',
      'failed',
      '\ud800',
      'a\n',
    ),
    fc.constantFrom<unknown>(
      0,
      -1,
      1.5,
      7,
      [],
      ['x'],
      ['x', 1],
      ['xxxx'],
      ['x', 'y', 'z'],
      {},
      { a: [1] },
      { a: Infinity },
    ),
    fc.constantFrom<unknown>(good.at, '2024-02-30T00:00:00Z', '2024-01-15'),
    fc.anything(),
  );
  const names = ['id', 'name', 'status', 'at', 'reason', 'took_ms', 'tags', 'metadata'];
  const bodies = fc.record(Object.fromEntries(names.map((name) => [name, values])), { requiredKeys: [] });
  const mostlyGood = fc
    .tuple(bodies, fc.boolean())
    .map(([body, whole]) => (whole ? { ...good, ...body } : body));
  fc.assert(
    fc.property(mostlyGood, (body) => {
      const instance = Object.assign(new ReportDto(), body);
      if (typeof instance.name === 'string') instance.name = instance.name.trim();
      const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
      const said = errors.flatMap((error) => Object.values(error.constraints ?? {}));
      expect(violationsOf(body)).toEqual(said);
      // The fast path alone must know every good object, or it is not fast.
      expect(compiled.accepts(instance)).toBe(said.length === 0);
    }),
    { numRuns: 2_000 },
  );
});

it('trims before it validates', () => {
  const reading = reader.read({ ...good, name: '  ab\t' });
  expect(reading.ok && reading.dto.name).toBe('ab');
  expect(violationsOf({ ...good, name: '   ' })).toEqual([expect.stringContaining('name must be longer')]);
});

it('refuses unknown fields, the names of an object’s own parts included', () => {
  const body = JSON.parse('{"__proto__":1,"constructor":1,"toString":1,"x":1}') as object;
  expect(violationsOf({ ...good, y: 1 })).toEqual(['y is not a known field']);
  expect(violationsOf(body).slice(0, 4)).toEqual(
    ['__proto__', 'constructor', 'toString', 'x'].map((name) => `${name} is not a known field`),
  );
});

it('keeps its answer short, however much is wrong', () => {
  const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`field${n}`, n]));
  const violations = violationsOf({ ...good, ...fields, ['x'.repeat(60_000)]: 1 });
  expect(violations).toHaveLength(101);
  expect(violations.at(-1)).toBe('and 4901 more violations');
  expect(violationsOf({ ...good, ['x'.repeat(60_000)]: 1 })[0]).toHaveLength(
    100 + '… is not a known field'.length,
  );
});

it('knows at start which classes it cannot read', () => {
  class Bare {}
  class Nested {
    @ValidateNested()
    part!: ReportDto;
  }
  @ValidatorConstraint({ async: true })
  class Slow {
    validate(): Promise<boolean> {
      return Promise.resolve(true);
    }
  }
  class Asynchronous {
    @Validate(Slow)
    part!: string;
  }
  expect(() => new DtoReader(Bare)).toThrow('Bare has no validation rules');
  expect(() => new DtoReader(Nested)).toThrow(
    'Nested.part: rules of type nestedValidation are not supported',
  );
  expect(() => new DtoReader(Asynchronous)).toThrow(
    'Asynchronous.part: asynchronous rules are not supported',
  );
});
