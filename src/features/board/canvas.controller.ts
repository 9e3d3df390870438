import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Board, findChannel } from '../../domain/board/board';
import { InvalidInputError } from '../../domain/shared/errors';
import { ValidBody } from '../../platform/http/valid-body.decorator';
import { ValidQuery } from '../../platform/http/valid-query.decorator';
import { BoardRead, BoardWrite } from './board-route.decorator';
import { CanvasPreviewDto, CanvasSyncDto } from './canvas.dto';
import { CanvasService } from './canvas.service';
import { CanvasPreviewView, CanvasSyncView, toCanvasPreviewView, toCanvasSyncView } from './canvas.view';

@ApiTags('board')
@Controller('canvas')
export class CanvasController {
  constructor(
    @Inject(Board) private readonly board: Board,
    private readonly canvases: CanvasService,
  ) {}

  @Post('sync')
  @HttpCode(200)
  @BoardWrite({ perMinute: 20 }, 502)
  @ApiOperation({
    summary: 'Write canvases now',
    description: 'Changed or not, and answered when Slack has taken them.',
  })
  @ApiBody({ type: CanvasSyncDto, required: false })
  @ApiOkResponse({ description: 'They are written', type: CanvasSyncView })
  async sync(@ValidBody(CanvasSyncDto, { optional: true }) body: CanvasSyncDto): Promise<CanvasSyncView> {
    const { channel = null } = body;
    const channels = channel === null ? this.board.channels.map(({ id }) => id) : [this.demand(channel)];
    return toCanvasSyncView(await this.canvases.syncNow(channels));
  }

  @Get('preview')
  @BoardRead()
  @ApiOperation({
    summary: 'See what would be written to a canvas',
    description: 'Made from the board as it stands; Slack is not asked.',
  })
  @ApiOkResponse({
    description: 'The canvas, as it would be written at this moment',
    type: CanvasPreviewView,
  })
  async preview(@ValidQuery(CanvasPreviewDto) query: CanvasPreviewDto): Promise<CanvasPreviewView> {
    return toCanvasPreviewView(await this.canvases.preview(this.demand(query.channel ?? this.onlyChannel())));
  }

  /** @throws InvalidInputError unless just one is configured */
  private onlyChannel(): string {
    const [only, ...others] = this.board.channels;
    if (only === undefined || others.length > 0) throw new InvalidInputError([this.channelRule()]);
    return only.id;
  }

  /** @throws InvalidInputError */
  private demand(channel: string): string {
    if (findChannel(this.board, channel) === null) throw new InvalidInputError([this.channelRule()]);
    return channel;
  }

  private channelRule(): string {
    const ids = this.board.channels.map(({ id }) => id);
    return ids.length === 0
      ? 'channel must be one of the board, which has none'
      : `channel must be one of: ${ids.join(', ')}`;
  }
}
