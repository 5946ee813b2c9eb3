import type { Clock } from "./clock.ts";

interface Transfer {
  left: number;
  readonly most: number;
  readonly done: () => void;
}

/** What one server hands out: all transfers under way share it evenly, and none goes faster than its own end takes. In bytes and seconds. */
export class SharedLink {
  readonly #clock: Clock;
  readonly #bytesPerSecond: number;
  readonly #transfers = new Set<Transfer>();
  #since = 0;
  #plan = 0;

  /** @param bytesPerSecond of all together; infinite where each has a way of its own */
  constructor(clock: Clock, bytesPerSecond: number) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** @param most bytes a second that this transfer can go at, were it alone */
  transfer({ bytes, most, done }: { readonly bytes: number; readonly most: number; readonly done: () => void }): void {
    if (bytes === 0) {
      this.#clock.after(0, done);
      return;
    }
    this.#advance();
    this.#transfers.add({ left: bytes, most, done });
    this.#schedule();
  }

  #rate({ most }: Transfer): number {
    return Math.min(most, this.#bytesPerSecond / this.#transfers.size);
  }

  #advance(): void {
    const seconds = this.#clock.now - this.#since;
    if (seconds === 0) return;
    for (const transfer of this.#transfers) transfer.left -= seconds * this.#rate(transfer);
    this.#since = this.#clock.now;
  }

  /** The next to end is looked for anew whenever one comes or goes: all others' rates are other ones then. */
  #schedule(): void {
    this.#plan += 1;
    const plan = this.#plan;
    let next: { readonly transfer: Transfer; readonly seconds: number } | undefined;
    for (const transfer of this.#transfers) {
      const seconds = Math.max(0, transfer.left) / this.#rate(transfer);
      if (next === undefined || seconds < next.seconds) next = { transfer, seconds };
    }
    if (next === undefined) return;
    const { transfer, seconds } = next;
    this.#clock.after(seconds, () => {
      if (plan !== this.#plan) return;
      this.#advance();
      this.#transfers.delete(transfer);
      this.#schedule();
      transfer.done();
    });
  }
}
