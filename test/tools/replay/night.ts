import { DateTime } from 'luxon';

/** One night of the log: from `startAt`, inclusive, to `endAt`, exclusive. */
export interface Night {
  /** Local date on which it starts, YYYY-MM-DD. */
  readonly date: string;
  readonly startAt: Date;
  readonly endAt: Date;
}

/** The rule by which a log is cut into nights: local wall-clock times in a zone; `to` <= `from` crosses midnight. */
export class NightRule {
  private readonly byDate = new Map<string, Night>();

  constructor(
    private readonly from: string,
    private readonly to: string,
    readonly zone: string,
  ) {}

  /** The night that starts on a local date. Its length follows the zone's clock changes. */
  nightOf(date: string): Night {
    const known = this.byDate.get(date);
    if (known !== undefined) return known;
    const endDate = this.to > this.from ? date : shiftDate(date, 1);
    const night = { date, startAt: this.instant(date, this.from), endAt: this.instant(endDate, this.to) };
    this.byDate.set(date, night);
    return night;
  }

  /** The night in which an instant falls, or `null` when it falls by day. */
  findNight(instant: Date): Night | null {
    const date = DateTime.fromJSDate(instant, { zone: this.zone }).toISODate();
    if (date === null) throw new RangeError(`not an instant: ${String(instant)}`);
    const nights = [this.nightOf(date), this.nightOf(shiftDate(date, -1))];
    return nights.find((night) => instant >= night.startAt && instant < night.endAt) ?? null;
  }

  /** Wall-clock time of an instant in the zone, HH:MM. */
  wallClock(instant: Date): string {
    return DateTime.fromJSDate(instant, { zone: this.zone }).toFormat('HH:mm');
  }

  private instant(date: string, time: string): Date {
    const local = DateTime.fromISO(`${date}T${time}`, { zone: this.zone });
    if (!local.isValid) throw new RangeError(`no such time: ${date} ${time} in ${this.zone}`);
    return local.toJSDate();
  }
}

/** The date with the highest count, the earliest of equals; `null` when there is none. */
export function busiestDate(jobsPerDate: ReadonlyMap<string, number>): string | null {
  let best: string | null = null;
  for (const [date, jobs] of jobsPerDate) {
    const most = best === null ? 0 : (jobsPerDate.get(best) ?? 0);
    if (best === null || jobs > most || (jobs === most && date < best)) best = date;
  }
  return best;
}

function shiftDate(date: string, days: number): string {
  return DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd');
}
