// @ts-check
// Hashes pieces, each a text and then numbers of an open file (`HashedPiece` of src/load/file-hash.ts).
import { createHash } from "node:crypto";
import { fstatSync, readSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { leaveResult } from "./hash-result.mjs";

const { pieces, files, tables } = workerData;
const bytes = new Uint8Array(2 ** 20);

leaveResult(() => {
  const hash = createHash("sha256");
  for (const { text, descriptor, position, byteLength, dtype } of pieces) {
    hash.update(text);
    for (let done = 0; done < byteLength; done += bytes.length) {
      const length = Math.min(bytes.length, byteLength - done);
      readWhole(descriptor, position + done, length);
      hash.update(asFloat32(dtype, length));
    }
  }
  for (const { descriptor, size, modified } of files) {
    const now = fstatSync(descriptor, { bigint: true });
    if (now.size !== size || now.mtimeNs !== modified) throw new Error("it was written to while it was read");
  }
  return hash.digest("hex");
});

/** @param {number} descriptor @param {number} position @param {number} length */
function readWhole(descriptor, position, length) {
  for (let done = 0; done < length; ) {
    const read = readSync(descriptor, bytes, done, length - done, position + done);
    if (read === 0) throw new Error(`it ends at byte ${position + done}: it was cut short while it was open`);
    done += read;
  }
}

/** @param {string} dtype of what was read @param {number} length in bytes */
function asFloat32(dtype, length) {
  if (dtype === "F32") return bytes.subarray(0, length);
  if (dtype === "F64") return Float32Array.from(new Float64Array(bytes.buffer, 0, length / 8));
  const table = tables[dtype];
  return new Uint32Array(new Uint16Array(bytes.buffer, 0, length / 2)).map((half) => table[half]);
}
