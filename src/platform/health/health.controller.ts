import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/access.decorators';
import { HealthService, type HealthReport } from './health.service';

const HEALTHY = {
  status: 'healthy',
  checks: { storage: 'ok', state_file: 'ok', slack_api: 'ok', last_update: '2024-01-15T01:30:05.000Z' },
};
const DEGRADED = { ...HEALTHY, status: 'degraded', checks: { ...HEALTHY.checks, slack_api: 'invalid_auth' } };

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
  @ApiOkResponse({ description: 'Healthy', schema: { type: 'object', example: HEALTHY } })
  @ApiServiceUnavailableResponse({ description: 'Degraded', schema: { type: 'object', example: DEGRADED } })
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
  @ApiOkResponse({ schema: { type: 'object', example: { status: 'alive' } } })
  live(): { status: string } {
    return { status: 'alive' };
  }

  @Get('ready')
  @Public()
  @ApiOperation({
    summary: 'Whether requests may be sent here',
    description: 'Not while the storage is out of reach, nor while the process is shutting down.',
  })
  @ApiOkResponse({ schema: { type: 'object', example: { status: 'ready' } } })
  @ApiServiceUnavailableResponse({ schema: { type: 'object', example: { status: 'not ready' } } })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string }> {
    if (await this.health.isReady()) return { status: 'ready' };
    void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'not ready' };
  }
}
