import { Query, type PipeTransform } from '@nestjs/common';
import { InvalidInputError } from '../../domain/shared/errors';
import type { DtoClass } from '../validation/compiled-rules';
import { DtoReader } from '../validation/dto-reader';

/**
 * Hands the controller the query string as an instance of the class, checked by the class's decorators; every value is a text.
 * Unknown and repeated parameters are violations too.
 */
export function ValidQuery(dto: DtoClass<object>): ParameterDecorator {
  return Query(new QueryPipe(new DtoReader(dto)));
}

class QueryPipe implements PipeTransform<Readonly<Record<string, unknown>>, object> {
  constructor(private readonly reader: DtoReader<object>) {}

  transform(query: Readonly<Record<string, unknown>>): object {
    const repeated = Object.keys(query).filter((name) => Array.isArray(query[name]));
    if (repeated.length > 0)
      throw new InvalidInputError(repeated.map((name) => `${name} must be given once`));
    const reading = this.reader.read(query);
    if (!reading.ok) throw new InvalidInputError(reading.violations);
    return reading.dto;
  }
}
