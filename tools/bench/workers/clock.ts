interface Event {
  readonly at: number;
  readonly act: () => void;
}

/** A clock that jumps from event to event; of those of one moment, the one that was planned first comes first. */
export class Clock {
  /** Seconds. */
  now = 0;
  /** The next one is the last. */
  readonly #events: Event[] = [];

  /** Plans an act so many seconds from now. */
  after(seconds: number, act: () => void): void {
    const at = this.now + seconds;
    let [low, high] = [0, this.#events.length]; // those before `low` come later, those from `high` on sooner or at the same moment
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#events[middle]!.at > at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { at, act });
  }

  /** Goes on until nothing is planned. */
  run(): void {
    for (let event = this.#events.pop(); event !== undefined; event = this.#events.pop()) {
      this.now = event.at;
      event.act();
    }
  }
}
