import { Body, type PipeTransform } from '@nestjs/common';
import { InvalidInputError } from '../../domain/shared/errors';
import type { DtoClass } from '../validation/compiled-rules';
import { DtoReader } from '../validation/dto-reader';

interface BodyOptions {
  /** Whether a request without a body counts as one with an empty object. */
  readonly optional?: boolean;
}

/**
 * Hands the controller the JSON body as an instance of the class, checked by the class's decorators: `@ValidBody(RegisterDto) body: RegisterDto`.
 * Anything else is answered with 400 and every violation at once. Synchronous, because Nest's own pipe costs more than the rest of a request.
 */
export function ValidBody(dto: DtoClass<object>, options: BodyOptions = {}): ParameterDecorator {
  return Body(new BodyPipe(new DtoReader(dto), options.optional ?? false));
}

class BodyPipe implements PipeTransform<unknown, object> {
  constructor(
    private readonly reader: DtoReader<object>,
    private readonly optional: boolean,
  ) {}

  transform(body: unknown): object {
    const fields = body === undefined && this.optional ? {} : body;
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
      throw new InvalidInputError(['body must be a JSON object']);
    const reading = this.reader.read(fields);
    if (!reading.ok) throw new InvalidInputError(reading.violations);
    return reading.dto;
  }
}
