import { Body, type PipeTransform } from '@nestjs/common';
import { InvalidInputError } from '../../domain/shared/errors';
import type { DtoClass } from '../validation/compiled-rules';
import { allViolations, DtoReader, type Reading } from '../validation/dto-reader';

interface BodyOptions {
  /** Whether a request without a body counts as one with an empty object. */
  readonly optional?: boolean;
}

/**
 * Hands the controller the JSON body as an instance of the class, checked by the class's decorators: `@ValidBody(RegisterDto) body: RegisterDto`.
 * Anything else is answered with 400 and every violation at once. Synchronous, because Nest's own pipe costs more than the rest of a request.
 */
export function ValidBody(dto: DtoClass<object>, options: BodyOptions = {}): ParameterDecorator {
  return Body(new ValidBodyPipe(new DtoReader(dto), options.optional ?? false));
}

/** As {@link ValidBody}, for a controller that has more to say about a bad body: `@BodyReading(BatchDto) reading: Reading<BatchDto>`. */
export function BodyReading(dto: DtoClass<object>): ParameterDecorator {
  return Body(new BodyReadingPipe(new DtoReader(dto)));
}

class BodyReadingPipe implements PipeTransform<unknown, Reading<object>> {
  constructor(private readonly reader: DtoReader<object>) {}

  transform(body: unknown): Reading<object> {
    return readBody(this.reader, body);
  }
}

class ValidBodyPipe implements PipeTransform<unknown, object> {
  constructor(
    private readonly reader: DtoReader<object>,
    private readonly optional: boolean,
  ) {}

  transform(body: unknown): object {
    const reading = readBody(this.reader, body === undefined && this.optional ? {} : body);
    if (!reading.ok) throw new InvalidInputError(allViolations(reading));
    return reading.dto;
  }
}

function readBody(reader: DtoReader<object>, body: unknown): Reading<object> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return reader.read(body);
  return { ok: false, violations: ['body must be a JSON object'], lists: {} };
}
