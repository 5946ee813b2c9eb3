interface Event {
  readonly at: number;
  readonly act: () => void;
}

/** A clock that jumps from event to event; of those of one moment, the one that was planned first comes first. */
export class Clock {
  /** Seconds. */
  now = 0;
  readonly #events: Event[] = [];

  /** Plans an act so many seconds from now. */
  after(seconds: number, act: () => void): void {
    const event = { at: this.now + seconds, act };
    const place = this.#events.findLastIndex((other) => other.at > event.at);
    this.#events.splice(place + 1, 0, event); // the next one is the last
  }

  /** Goes on until nothing is planned. */
  run(): void {
    for (let event = this.#events.pop(); event !== undefined; event = this.#events.pop()) {
      this.now = event.at;
      event.act();
    }
  }
}
