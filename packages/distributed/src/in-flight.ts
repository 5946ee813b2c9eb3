/** A waiting answer costs more than a small weight: many of them travel together. */
const mostBytes = 32 * 2 ** 20;
/** A server that is asked for more of them at a time answers no sooner. */
const mostWorks = 64;

/** Works that hold memory while they are under way: as many at a time as hold 32 MiB, 64 at most, and at least one. */
export class InFlight {
  readonly #works: Promise<unknown>[] = [];
  #bytes = 0;

  /** Begins a work that holds so many bytes, once there is room for it. Throws what an earlier one failed with. */
  async start(bytes: number, work: () => Promise<unknown>): Promise<void> {
    const hasRoom = this.#bytes + bytes <= mostBytes && this.#works.length < mostWorks;
    if (this.#works.length > 0 && !hasRoom) await this.end();
    this.#bytes += bytes;
    const begun = work();
    begun.catch(() => {}); // `end` throws it
    this.#works.push(begun);
  }

  /** Waits until none is under way. Throws what the first of them failed with. */
  async end(): Promise<void> {
    const settled = await Promise.allSettled(this.#works.splice(0));
    this.#bytes = 0;
    const failed = settled.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
  }
}
