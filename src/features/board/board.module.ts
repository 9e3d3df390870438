import { Module } from '@nestjs/common';
import { Board } from '../../domain/board/board';
import { BoardRepository } from '../../domain/board/board.repository';
import { CanvasPublisher } from '../../domain/board/canvas-publisher';
import { EpmGateway } from '../../domain/board/epm-gateway';
import { Clock } from '../../domain/shared/clock';
import { LeaseRepository } from '../../domain/shared/lease';
import { InstanceId } from '../../platform/workers/instance-id';
import { BoardChecksService } from './board-checks.service';
import { BoardChecksWorker } from './board-checks.worker';
import { BoardQueryService } from './board-query.service';
import { BoardWriteService } from './board-write.service';
import { CanvasController } from './canvas.controller';
import { CanvasObserver } from './canvas-observer';
import { CanvasLookIntervalMs, CanvasRefreshWorker } from './canvas-refresh.worker';
import { CanvasService } from './canvas.service';
import { CanvasWriterService } from './canvas-writer.service';
import { CellService } from './cell.service';
import { EpmObserver } from './epm-observer';
import { EpmPollService } from './epm-poll.service';
import { EpmPollIntervalMs, EpmPollWorker } from './epm-poll.worker';
import { StatusController } from './status.controller';

/** The EPM status board. Its ports (storage, catalogue, canvases, EPM, observers) are given by the application. */
@Module({
  controllers: [StatusController, CanvasController],
  providers: [
    BoardWriteService,
    BoardChecksService,
    BoardChecksWorker,
    BoardQueryService,
    CellService,
    CanvasService,
    CanvasWriterService,
    EpmPollService,
    {
      provide: CanvasRefreshWorker,
      inject: [
        Board,
        BoardRepository,
        CanvasPublisher,
        CanvasWriterService,
        LeaseRepository,
        Clock,
        InstanceId,
        CanvasObserver,
        CanvasLookIntervalMs,
      ],
      useFactory: (
        board: Board,
        boards: BoardRepository,
        publisher: CanvasPublisher,
        writer: CanvasWriterService,
        leases: LeaseRepository,
        clock: Clock,
        instanceId: string,
        observer: CanvasObserver,
        lookEveryMs: number,
      ) =>
        new CanvasRefreshWorker({
          ...{ board, boards, publisher, writer, leases, clock, instanceId, observer, lookEveryMs },
        }),
    },
    {
      provide: EpmPollWorker,
      inject: [Board, BoardRepository, EpmGateway, EpmPollService, EpmObserver, Clock, EpmPollIntervalMs],
      useFactory: (
        board: Board,
        boards: BoardRepository,
        gateway: EpmGateway,
        polls: EpmPollService,
        observer: EpmObserver,
        clock: Clock,
        intervalMs: number,
      ) =>
        new EpmPollWorker({
          ...{ board, boards, gateway, polls, observer, clock, intervalMs },
          random: Math.random,
        }),
    },
  ],
  exports: [BoardChecksWorker, CanvasRefreshWorker, EpmPollWorker],
})
export class BoardModule {}
