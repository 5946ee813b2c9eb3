import { HashThread } from "./hash-thread.ts";
import { hashedLine, type WeightNumbers } from "./weights-hash.ts";

/** Places of the counters: of changes that the thread may wait for, of bytes (modulo 2³²) that were written and read, and whether all were. */
const [turns, written, read, ended] = [0, 1, 2, 3];

/**
 * As `WeightsHash`, with the hashing in a thread of its own: `add` copies the numbers, and waits only where the thread is far behind.
 *
 * @example
 * const hash = new StreamedHash("model.gguf");
 * hash.add({ name: "a", shape: [2], values: Float32Array.of(1, 2) });
 * const sha256 = hash.digest();
 */
export class StreamedHash {
  readonly #places = new Int32Array(new SharedArrayBuffer(16));
  readonly #ring: Uint8Array<SharedArrayBuffer>;
  readonly #thread: HashThread;

  /**
   * @param where names what is hashed, for messages
   * @param ringBytes of the memory between the threads, which holds what was added and is not hashed yet: a power of two
   */
  constructor(where: string, ringBytes = 2 ** 24) {
    this.#ring = new Uint8Array(new SharedArrayBuffer(ringBytes));
    this.#thread = new HashThread("hash-stream.mjs", { ring: this.#ring.buffer, places: this.#places }, where);
  }

  add({ name, shape, values }: WeightNumbers): void {
    this.#write(new TextEncoder().encode(hashedLine({ name, shape })));
    this.#write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  /** As `HashThread.digest`; nothing can be added afterwards. */
  digest(): string {
    this.#tell(ended, 1);
    return this.#thread.digest();
  }

  /** Ends the thread, whether it is done or not. */
  end(): Promise<void> {
    return this.#thread.end();
  }

  #write(bytes: Uint8Array): void {
    const ringBytes = this.#ring.length;
    let position = this.#places[written]!;
    for (let done = 0; done < bytes.length; ) {
      const taken = Atomics.load(this.#places, read);
      const start = position & (ringBytes - 1);
      const room = Math.min(ringBytes - ((position - taken) | 0), ringBytes - start);
      if (room === 0) {
        this.#thread.start();
        Atomics.wait(this.#places, read, taken);
        continue;
      }
      const piece = bytes.subarray(done, done + room);
      this.#ring.set(piece, start);
      done += piece.length;
      position = (position + piece.length) | 0;
      this.#tell(written, position);
    }
  }

  #tell(place: number, value: number): void {
    Atomics.store(this.#places, place, value);
    Atomics.add(this.#places, turns, 1);
    Atomics.notify(this.#places, turns);
  }
}
