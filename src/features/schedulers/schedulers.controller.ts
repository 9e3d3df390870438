import {
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Inject,
  Param,
  Post,
  Put,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Scheduler } from '../../domain/schedulers/scheduler';
import { StaleRules } from '../../domain/schedulers/staleness';
import { Clock } from '../../domain/shared/clock';
import { InvalidInputError } from '../../domain/shared/errors';
import { RequireScope } from '../../platform/http/access.decorators';
import { ApiErrors } from '../../platform/http/api-errors.decorator';
import { linkNextPage } from '../../platform/http/page-link';
import { FromCaller, type Caller } from '../../platform/http/request-context';
import { ValidBody } from '../../platform/http/valid-body.decorator';
import { ValidQuery } from '../../platform/http/valid-query.decorator';
import { HeartbeatDto, HeartbeatReceiptView } from './heartbeat.dto';
import { HeartbeatService } from './heartbeat.service';
import { HistoryEntryView, toHistoryEntryView } from './history-entry.view';
import { HistoryListDto, toHistoryRequest } from './history-list.dto';
import { RegisterDto, toProfile } from './register.dto';
import { RegistrationService } from './registration.service';
import { SCHEDULER_ID, SchedulerIdPipe } from './scheduler-id.pipe';
import { SchedulerListDto, toListRequest } from './scheduler-list.dto';
import { SchedulerQueryService } from './scheduler-query.service';
import { SchedulerView, StatusReceiptView, toSchedulerView } from './scheduler.view';
import { QueuedReceiptView, toQueuedReceiptView } from './queued-receipt.view';
import { StatusIntake } from './status-intake';
import { StatusUpdateDto, toStatusUpdate } from './status-update.dto';

const SchedulerIdParam = () =>
  ApiParam({
    name: 'id',
    description: 'Identifier given at registration',
    schema: {
      type: 'string',
      pattern: SCHEDULER_ID.source,
      maxLength: 255,
      example: 'service-a-eod-process',
    },
  });

@ApiTags('schedulers')
@Controller('schedulers')
export class SchedulersController {
  constructor(
    private readonly registration: RegistrationService,
    @Inject(StatusIntake) private readonly intake: StatusIntake,
    private readonly heartbeats: HeartbeatService,
    private readonly queries: SchedulerQueryService,
    @Inject(StaleRules) private readonly staleRules: StaleRules,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Post('register')
  @HttpCode(201)
  @RequireScope('schedulers')
  @ApiOperation({
    summary: 'Register a scheduler',
    description:
      'Idempotent. The first call creates it as `pending`; a repeated one replaces what was declared and keeps status, history and `created_at`. ' +
      'Registering a removed id revives it.',
  })
  @ApiBody({ type: RegisterDto })
  @ApiCreatedResponse({ description: 'The whole record', type: SchedulerView })
  @ApiErrors(409, 413, 415, 503)
  async register(@ValidBody(RegisterDto) dto: RegisterDto): Promise<SchedulerView> {
    return this.view(await this.registration.register(toProfile(dto)));
  }

  @Put(':id/status')
  @RequireScope('schedulers')
  @ApiOperation({
    summary: 'Report the status of a run',
    description:
      'Answered when it is durable: applied (200), or, where updates are queued, accepted and applied soon after (202). The same update again changes nothing. One with an older `timestamp` than the current status goes to the ' +
      'history only (`applied: false`). `failed` raises an alert, a later `completed` or `running` resolves it.',
  })
  @SchedulerIdParam()
  @ApiBody({ type: StatusUpdateDto })
  @ApiOkResponse({ description: 'The record as it now stands', type: StatusReceiptView })
  @ApiAcceptedResponse({
    description: 'Queue mode: it is durable and will be applied in its order',
    type: QueuedReceiptView,
  })
  @ApiErrors(404, 409, 413, 414, 415, 503)
  async updateStatus(
    @Param('id') id: string,
    @ValidBody(StatusUpdateDto) dto: StatusUpdateDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StatusReceiptView | QueuedReceiptView> {
    demandSameId(id, dto.scheduler_id);
    const intake = await this.intake.accept(toStatusUpdate(dto), caller);
    if (intake.kind === 'queued') {
      void reply.status(HttpStatus.ACCEPTED);
      return toQueuedReceiptView(id, caller.correlationId, intake.receivedAt);
    }
    const { scheduler, applied } = intake.receipt;
    return Object.assign(this.view(scheduler), { applied });
  }

  @Post(':id/heartbeat')
  @HttpCode(200)
  @RequireScope('schedulers')
  @ApiOperation({
    summary: 'Say that a running scheduler is alive',
    description: 'Records the server’s time; the status stays as it is.',
  })
  @SchedulerIdParam()
  @ApiBody({ type: HeartbeatDto, required: false })
  @ApiOkResponse({ description: 'It is recorded', type: HeartbeatReceiptView })
  @ApiErrors(404, 413, 414, 415, 503)
  async heartbeat(
    @Param('id', SchedulerIdPipe) id: string,
    @ValidBody(HeartbeatDto, { optional: true }) dto: HeartbeatDto,
    @FromCaller() caller: Caller,
  ): Promise<HeartbeatReceiptView> {
    demandSameId(id, dto.scheduler_id ?? id);
    const at = await this.heartbeats.record(id, caller);
    return { message: 'Heartbeat recorded', scheduler_id: id, timestamp: at.toISOString() };
  }

  @Get()
  @RequireScope('read', 'schedulers')
  @ApiOperation({
    summary: 'List schedulers',
    description:
      'Ordered by service, job and id. When more remain than are returned, the `Link` header carries the next page’s URL (`rel="next"`).',
  })
  @ApiOkResponse({
    description: 'One page',
    type: [SchedulerView],
    headers: { Link: { description: 'URL of the next page, `rel="next"`', schema: { type: 'string' } } },
  })
  @ApiErrors(503)
  async list(
    @ValidQuery(SchedulerListDto) dto: SchedulerListDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SchedulerView[]> {
    const list = toListRequest(dto);
    const { items, next } = await this.queries.list(list);
    linkNextPage(request, reply, next, Math.min(list.limit, 1_000));
    return items.map((scheduler) => this.view(scheduler));
  }

  @Get(':id')
  @RequireScope('read', 'schedulers')
  @ApiOperation({
    summary: 'Read one scheduler',
    description: 'Its current status with what it declared. A removed one is not found.',
  })
  @SchedulerIdParam()
  @ApiOkResponse({ description: 'The record', type: SchedulerView })
  @ApiErrors(404, 414, 503)
  async get(@Param('id', SchedulerIdPipe) id: string): Promise<SchedulerView> {
    return this.view(await this.queries.get(id));
  }

  @Get(':id/history')
  @RequireScope('read', 'schedulers')
  @ApiOperation({
    summary: 'Read the status history',
    description: 'Newest first; entries older than the retention are never shown.',
  })
  @SchedulerIdParam()
  @ApiOkResponse({
    description: 'One page',
    type: [HistoryEntryView],
    headers: { Link: { description: 'URL of the next page, `rel="next"`', schema: { type: 'string' } } },
  })
  @ApiErrors(404, 414, 503)
  async history(
    @Param('id', SchedulerIdPipe) id: string,
    @ValidQuery(HistoryListDto) dto: HistoryListDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HistoryEntryView[]> {
    const page = toHistoryRequest(dto);
    const { items, next } = await this.queries.history(id, page);
    linkNextPage(request, reply, next, page.limit);
    return items.map(toHistoryEntryView);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('admin')
  @ApiOperation({
    summary: 'Remove a scheduler',
    description:
      'Soft: it leaves lists, tables and scans; its history stays until the retention ends, and registering it again revives it.',
  })
  @SchedulerIdParam()
  @ApiNoContentResponse({ description: 'It is removed' })
  @ApiErrors(404, 409, 413, 414, 415, 503)
  async remove(@Param('id', SchedulerIdPipe) id: string, @FromCaller() caller: Caller): Promise<void> {
    await this.registration.remove(id, caller);
  }

  private view(scheduler: Scheduler): SchedulerView {
    return toSchedulerView(scheduler, {
      defaultTimeoutMinutes: this.staleRules.defaultTimeoutMinutes,
      now: this.clock.now(),
    });
  }
}

function demandSameId(inPath: string, inBody: string): void {
  if (inPath !== inBody) throw new InvalidInputError(['scheduler_id must equal the id in the path']);
}
