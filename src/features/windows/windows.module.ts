import { Module } from '@nestjs/common';
import { Clock } from '../../domain/shared/clock';
import { EodWindows } from '../../domain/windows/eod-window';
import { TablePublisher } from '../../domain/windows/table-publisher';
import { EodTableWorker } from './eod-table.worker';
import { NightMessenger } from './night.messenger';
import { NightObserver } from './night-observer';
import { NightService } from './night.service';

/** The EOD tables. Its ports (storage, windows, publisher, observer) are given by the application. */
@Module({
  providers: [
    NightService,
    NightMessenger,
    {
      provide: EodTableWorker,
      inject: [EodWindows, NightService, TablePublisher, NightObserver, Clock],
      useFactory: (
        windows: EodWindows,
        nights: NightService,
        publisher: TablePublisher,
        observer: NightObserver,
        clock: Clock,
      ) => new EodTableWorker({ windows, nights, publisher, observer, clock }),
    },
  ],
  exports: [EodTableWorker],
})
export class WindowsModule {}
