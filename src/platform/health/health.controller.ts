import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/access.decorators';
import { HealthService, type HealthReport } from './health.service';
import { HealthReportView, LivenessView, ReadinessView } from './health.view';

@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @Public()
  @ApiOperation({
    summary: 'How the service and what it depends on are doing',
    description:
      'Each check is `ok`, `recovered`, `disabled` (not configured), `pending` (not known yet) or says what is wrong.',
  })
  @ApiOkResponse({ description: 'Healthy', type: HealthReportView })
  @ApiServiceUnavailableResponse({ description: 'Degraded', type: HealthReportView })
  async report(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    const report = await this.health.report();
    if (report.status === 'degraded') void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return report;
  }

  @Get('live')
  @Public()
  @ApiOperation({
    summary: 'Whether the process runs',
    description: 'For a restart when it does not answer.',
  })
  @ApiOkResponse({ description: 'It runs', type: LivenessView })
  live(): { status: string } {
    return { status: 'alive' };
  }

  @Get('ready')
  @Public()
  @ApiOperation({
    summary: 'Whether requests may be sent here',
    description: 'Not while the storage is out of reach, nor while the process is shutting down.',
  })
  @ApiOkResponse({ description: 'They may', type: ReadinessView })
  @ApiServiceUnavailableResponse({ description: 'Not here, or not now', type: ReadinessView })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string }> {
    if (await this.health.isReady()) return { status: 'ready' };
    void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'not ready' };
  }
}
