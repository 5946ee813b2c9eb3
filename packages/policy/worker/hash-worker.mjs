// @ts-check
// Hashes pieces, each a text and then bytes of an open file (`HashedPiece` of src/file-hash.ts), and posts the SHA-256 over all of them.
import { createHash } from "node:crypto";
import { readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";

const hash = createHash("sha256");
const bytes = new Uint8Array(2 ** 20);
for (const { text, descriptor, position, byteLength } of workerData) {
  hash.update(text);
  for (let done = 0; done < byteLength; ) {
    const length = Math.min(bytes.length, byteLength - done);
    const read = readSync(descriptor, bytes, 0, length, position + done);
    if (read === 0) throw new Error(`it ends at byte ${position + done}: it was cut short while it was open`);
    hash.update(bytes.subarray(0, read));
    done += read;
  }
}
parentPort?.postMessage(hash.digest("hex"));
