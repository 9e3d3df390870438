import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Board } from '../../domain/board/board';
import type { BoardActor } from '../../domain/board/board-decision';
import { Clock } from '../../domain/shared/clock';
import { FromCaller, type Caller } from '../../platform/http/request-context';
import { BodyReading } from '../../platform/http/valid-body.decorator';
import { ValidQuery } from '../../platform/http/valid-query.decorator';
import type { Reading } from '../../platform/validation/dto-reader';
import { AuditListDto, toAuditRequest } from './audit-list.dto';
import { AuditView, toAuditView } from './audit.view';
import { BatchUpdateDto, LARGEST_BATCH_BYTES } from './batch-update.dto';
import { BoardQueryService } from './board-query.service';
import { BoardRead, BoardWrite } from './board-route.decorator';
import { AppBoardView, BoardView, CellView, toAppBoardView, toBoardView } from './board.view';
import { CellUpdateDto } from './cell-update.dto';
import { CellService } from './cell.service';
import { readBatch, readUpdate, type Intake } from './read-updates';
import { BatchUpdatedView, StatusUpdatedView, toBatchUpdatedView, toStatusUpdatedView } from './receipt.view';

const AppParam = () =>
  ApiParam({
    name: 'app',
    description: 'App, as it is configured',
    schema: { type: 'string', example: 'Planning' },
  });

@ApiTags('board')
@ApiExtraModels(CellView)
@Controller('status')
export class StatusController {
  constructor(
    @Inject(Board) private readonly board: Board,
    @Inject(Clock) private readonly clock: Clock,
    private readonly cells: CellService,
    private readonly queries: BoardQueryService,
  ) {}

  @Post()
  @HttpCode(200)
  @BoardWrite({ perMinute: 60 })
  @ApiOperation({
    summary: 'Say how one cell of the board is doing',
    description:
      'Answered when it is durable, without waiting for Slack. The same status of the same job again changes nothing; an older `timestamp` than ' +
      'the cell’s goes to the job history only. `Loading` opens a job, `OK` or `Warning` closes it; `Warning` alerts, `OK` resolves; `Blank` clears.',
  })
  @ApiBody({ type: CellUpdateDto })
  @ApiOkResponse({ description: 'It is recorded', type: StatusUpdatedView })
  async update(
    @BodyReading(CellUpdateDto) body: Reading<CellUpdateDto>,
    @FromCaller() caller: Caller,
  ): Promise<StatusUpdatedView> {
    const intake = this.intake();
    const update = readUpdate(body, intake);
    return toStatusUpdatedView(update, await this.cells.update([update], toActor(caller)), intake.now);
  }

  @Post('batch')
  @HttpCode(200)
  @BoardWrite({ perMinute: 20, bodyBytes: LARGEST_BATCH_BYTES })
  @ApiOperation({
    summary: 'Say how many cells are doing',
    description:
      'All or nothing: one bad update refuses the batch, and `details.updates` names each bad one by its index. The code is that of the faults ' +
      'when they are of one kind, else `INVALID_REQUEST`.',
  })
  @ApiBody({ type: BatchUpdateDto })
  @ApiOkResponse({ description: 'All of it is recorded', type: BatchUpdatedView })
  async updateBatch(
    @BodyReading(BatchUpdateDto) body: Reading<BatchUpdateDto>,
    @FromCaller() caller: Caller,
  ): Promise<BatchUpdatedView> {
    const updates = readBatch(body, this.intake());
    return toBatchUpdatedView(updates, await this.cells.update(updates, toActor(caller)));
  }

  @Get()
  @BoardRead()
  @ApiOperation({
    summary: 'Read the whole board',
    description: 'Every configured cell; without apps in the configuration the board is empty.',
  })
  @ApiOkResponse({ description: 'The board', type: BoardView })
  async list(): Promise<BoardView> {
    return toBoardView(await this.queries.listApps());
  }

  @Get(':app')
  @BoardRead(404, 414)
  @ApiOperation({ summary: 'Read one app', description: 'Every configured domain of the app.' })
  @AppParam()
  @ApiOkResponse({ description: 'The app', type: AppBoardView })
  async get(@Param('app') app: string): Promise<AppBoardView> {
    return toAppBoardView(await this.queries.getApp(app));
  }

  @Get(':app/audit')
  @BoardRead(404, 414)
  @ApiOperation({
    summary: 'Read who changed an app, when and how',
    description: 'Newest first; changes older than the retention are never shown.',
  })
  @AppParam()
  @ApiOkResponse({ description: 'The newest changes', type: AuditView })
  async audit(@Param('app') app: string, @ValidQuery(AuditListDto) query: AuditListDto): Promise<AuditView> {
    return toAuditView(app, await this.queries.audit(app, toAuditRequest(query)));
  }

  private intake(): Intake {
    return { board: this.board, now: this.clock.now() };
  }
}

function toActor({ keyName, correlationId }: Caller): BoardActor {
  return { by: keyName, correlationId };
}
