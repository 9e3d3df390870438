/** How many requests a host had under way at the same time. */
export interface TrafficFigures {
  readonly received: number;
  readonly inFlight: number;
  /** The most that were ever under way at once. */
  readonly highWater: number;
}

export class Traffic {
  private received = 0;
  private inFlight = 0;
  private highWater = 0;

  /** Answers what the request calls once it is over; a second call changes nothing. */
  enter(): () => void {
    this.received += 1;
    this.inFlight += 1;
    this.highWater = Math.max(this.highWater, this.inFlight);
    let isOver = false;
    return () => {
      if (!isOver) this.inFlight -= 1;
      isOver = true;
    };
  }

  figures(): TrafficFigures {
    return { received: this.received, inFlight: this.inFlight, highWater: this.highWater };
  }

  /** Starts counting again; what is under way stays so. */
  reset(): void {
    this.received = 0;
    this.highWater = this.inFlight;
  }
}
