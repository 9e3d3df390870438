import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { PublicOrScope } from '../http/access.decorators';
import { Metrics } from './metrics';

@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @PublicOrScope('metrics', 'read')
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @ApiOperation({
    summary: 'Metrics for Prometheus',
    description: 'In the text format 0.0.4. Needs a key only when METRICS_REQUIRE_KEY is true.',
  })
  @ApiProduces(Registry.PROMETHEUS_CONTENT_TYPE)
  @ApiOkResponse({
    description: 'One line per value',
    schema: {
      type: 'string',
      example: '# TYPE vesper_heartbeats_total counter\nvesper_heartbeats_total 7\n',
    },
  })
  scrape(): Promise<string> {
    return this.metrics.scrape();
  }
}
