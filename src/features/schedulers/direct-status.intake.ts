import type { Reporter, StatusUpdate } from '../../domain/schedulers/status-update';
import type { Intake, StatusIntake } from './status-intake';
import type { StatusService } from './status.service';

/** Applies each update before its request is answered. */
export class DirectStatusIntake implements StatusIntake {
  constructor(private readonly status: StatusService) {}

  async accept(update: StatusUpdate, reporter: Reporter): Promise<Intake> {
    return { kind: 'applied', receipt: await this.status.update(update, reporter) };
  }
}
