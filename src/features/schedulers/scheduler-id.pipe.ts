import type { PipeTransform } from '@nestjs/common';
import { SchedulerNotFound } from '../../domain/schedulers/scheduler.errors';

/** Spec 10, section 1. */
export const SCHEDULER_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$/;

export const SCHEDULER_ID_RULE =
  'scheduler_id must be 1 to 255 characters, begin with a letter or digit and hold only letters, digits and . _ : -';

/** Nothing is ever registered under another text, and a storage may choke on an empty or endless key: it is not asked. */
export class SchedulerIdPipe implements PipeTransform<string, string> {
  /** @throws SchedulerNotFound */
  transform(id: string): string {
    if (!SCHEDULER_ID.test(id)) throw new SchedulerNotFound(id);
    return id;
  }
}
