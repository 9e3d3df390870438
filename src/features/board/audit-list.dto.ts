import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { optionalExample } from '../../platform/http/optional-example';
import { IsIntegerText } from '../../platform/validation/integer-text';

const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 500;

/** What an audit is narrowed to, as it stands in the query string. */
export class AuditListDto {
  @ApiPropertyOptional({ description: 'Only changes of this domain', ...optionalExample('Actual') })
  @IsOptional()
  @IsString()
  domain?: string;

  @ApiPropertyOptional({
    description: 'How many entries, 1 to 500',
    type: 'integer',
    minimum: 1,
    maximum: LARGEST_LIMIT,
    default: DEFAULT_LIMIT,
    ...optionalExample(DEFAULT_LIMIT),
  })
  @IsOptional()
  @IsIntegerText(1, LARGEST_LIMIT)
  limit?: string;
}

export interface AuditRequest {
  /** `null`: any. */
  readonly domain: string | null;
  readonly limit: number;
}

export function toAuditRequest({ domain, limit }: AuditListDto): AuditRequest {
  return { domain: domain ?? null, limit: limit === undefined ? DEFAULT_LIMIT : Number(limit) };
}
