// @ts-check
// Hashes what comes through a ring of memory (src/load/streamed-hash.ts), until it is told that no more will come.
import { createHash } from "node:crypto";
import { workerData } from "node:worker_threads";
import { leaveResult } from "./hash-result.mjs";

const { ring, places } = workerData;
const memory = new Uint8Array(ring);
const [turns, written, read, ended] = [0, 1, 2, 3];
const longest = 2 ** 20;

leaveResult(() => {
  const hash = createHash("sha256");
  for (let position = 0; ; ) {
    const turn = Atomics.load(places, turns);
    const isEnded = Atomics.load(places, ended) === 1;
    const start = position & (memory.length - 1);
    const length = Math.min((Atomics.load(places, written) - position) | 0, longest, memory.length - start);
    if (length === 0) {
      if (isEnded) return hash.digest("hex");
      Atomics.wait(places, turns, turn);
      continue;
    }
    hash.update(memory.subarray(start, start + length));
    position = (position + length) | 0;
    Atomics.store(places, read, position);
    Atomics.notify(places, read);
  }
});
