import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { optionalExample } from '../../platform/http/optional-example';

/** May be empty: all canvases. */
export class CanvasSyncDto {
  @ApiPropertyOptional({
    description: 'Slack channel whose canvas is to be written; absent: all',
    type: 'string',
    nullable: true,
    example: 'C12345678',
  })
  @IsOptional()
  @IsString()
  channel?: string | null;
}

export class CanvasPreviewDto {
  @ApiPropertyOptional({
    description: 'Slack channel whose canvas is meant; may be left out when only one is configured',
    ...optionalExample('C12345678'),
  })
  @IsOptional()
  @IsString()
  channel?: string;
}
