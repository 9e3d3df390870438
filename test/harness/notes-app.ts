import { Controller, Get, HttpCode, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsInt, IsOptional, IsString, Length } from 'class-validator';
import { FakeClock } from '../fakes/fake-clock';
import type { ApiKey, Scope } from '../../src/domain/api-keys/api-key';
import type { Clock } from '../../src/domain/shared/clock';
import { ChangedConcurrently, StorageUnavailable } from '../../src/domain/shared/errors';
import { SchedulerNotFound } from '../../src/domain/schedulers/scheduler.errors';
import { hashApiKey } from '../../src/platform/config/parse-api-keys';
import { Shutdown } from '../../src/platform/health/shutdown';
import { createLogs } from '../../src/platform/logging/log';
import { Metrics } from '../../src/platform/metrics/metrics';
import {
  Public,
  PublicOrScope,
  RequireScope,
  RequireScopeInFace,
} from '../../src/platform/http/access.decorators';
import { ApiErrors } from '../../src/platform/http/api-errors.decorator';
import { BodyLimit } from '../../src/platform/http/body-limit.decorator';
import { createHttpPlatform } from '../../src/platform/http/http-platform';
import { FromCaller, type Caller } from '../../src/platform/http/request-context';
import { ValidBody } from '../../src/platform/http/valid-body.decorator';
import { ValidQuery } from '../../src/platform/http/valid-query.decorator';

class NoteDto {
  @IsString()
  @Length(1, 10)
  title!: string;

  @IsOptional()
  @IsInt()
  weight?: number;
}

class NoteListDto {
  @IsOptional()
  @IsString()
  q?: string;
}

@Controller('notes')
class NotesController {
  @Post()
  @HttpCode(201)
  @RequireScope('schedulers')
  @ApiErrors(400)
  create(@ValidBody(NoteDto) note: NoteDto, @FromCaller() caller: Caller) {
    return { note, caller };
  }

  @Post('many')
  @HttpCode(200)
  @RequireScope('schedulers')
  @BodyLimit('general', 256 * 1024)
  createMany(@ValidBody(NoteListDto) body: NoteListDto) {
    return { length: body.q?.length };
  }

  @Post(':id/touch')
  @RequireScope('schedulers')
  touch(@ValidBody(NoteListDto, { optional: true }) body: NoteListDto) {
    return body;
  }

  @Get()
  @RequireScope('read', 'alerts')
  list(@ValidQuery(NoteListDto) query: NoteListDto) {
    return query;
  }

  @Get('admin')
  @RequireScope('admin')
  admin() {
    return {};
  }

  @Get('open')
  @Public()
  open() {
    return { open: true };
  }

  @Get('metrics')
  @PublicOrScope('metrics', 'read')
  metrics() {
    return {};
  }

  @Get('broken/:how')
  @Public()
  broken(@Param('how') how: string) {
    if (how === 'storage') throw new StorageUnavailable('disk full', new Error('ENOSPC'));
    if (how === 'conflict') throw new ChangedConcurrently('Note 1');
    if (how === 'missing') throw new SchedulerNotFound('x');
    throw new Error('the password is hunter2');
  }

  @Get('contested')
  @RequireScopeInFace('board', 'read')
  contested() {
    throw new ChangedConcurrently('App Planning');
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

const key = (name: string, scopes: readonly Scope[]): ApiKey => ({
  name,
  hash: hashApiKey(`key-of-${name}`),
  scopes,
});
export const KEYS = [key('service', ['schedulers', 'read']), key('reader', ['read']), key('boss', ['admin'])];
/** Headers of a caller. */
export const as = (name: string) => ({ 'x-api-key': `key-of-${name}` });

export interface Options {
  readonly clock?: Clock;
  readonly rateLimitPerMinute?: number;
  readonly metricsRequireKey?: boolean;
  readonly trustProxy?: number;
}

/** The platform around a few routes of its own; it is closed after the test. */
export async function startApp(options: Options = {}) {
  const lines: Record<string, unknown>[] = [];
  const clock = options.clock ?? new FakeClock();
  const metrics = new Metrics();
  const shutdown = new Shutdown();
  const platform = createHttpPlatform({
    gate: {
      apiKeys: KEYS,
      rateLimitPerMinute: options.rateLimitPerMinute ?? 0,
      metricsRequireKey: options.metricsRequireKey ?? false,
    },
    trustProxy: options.trustProxy ?? false,
    identity: { title: 'Notes', description: 'Notes', version: '1' },
    clock,
    logs: createLogs({
      level: 'info',
      format: 'json',
      clock,
      stream: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
    }),
    metrics,
    shutdown,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    NotesModule,
    platform.adapter,
    platform.nestOptions,
  );
  platform.furnish(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  apps.push(app);
  return { app, lines, metrics, shutdown, clock };
}

const apps: NestFastifyApplication[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

export const post = (
  app: NestFastifyApplication,
  headers: Record<string, string>,
  payload: string | object,
) => app.inject({ method: 'POST', url: '/api/v1/notes', headers, payload });
