import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject } from '../../domain/shared/json-value';

class BoardErrorView {
  @ApiProperty({ description: 'What is wrong, for programs; never changes', example: 'INVALID_STATUS' })
  code!: string;

  @ApiProperty({
    description: 'What is wrong, for people; several violations are joined with semicolons',
    example: 'Status must be one of: Blank, Loading, OK, Warning',
  })
  message!: string;

  @ApiProperty({
    description:
      'More for programs: `violations` of a body, the faulty `updates` of a batch, the `channels` that Slack refused',
    type: 'object',
    additionalProperties: true,
    example: {},
  })
  details!: JsonObject;
}

/** What every failed request to the board is answered with (spec 20, "API"). */
export class BoardErrorBody {
  @ApiProperty({ description: 'Always `false`', enum: [false], example: false })
  success!: false;

  @ApiProperty({ description: 'What went wrong', type: BoardErrorView })
  error!: BoardErrorView;
}
