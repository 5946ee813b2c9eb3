import { createHash } from "node:crypto";

/**
 * SHA-256 over weights that are given one by one, in the order of their names (by UTF-16 code unit): for each the line
 * `<name> <dimensions joined by ×>\n` in UTF-8, then its float32 bytes, little-endian.
 */
export class WeightsHash {
  readonly #hash = createHash("sha256");
  #last: string | undefined;

  add({ name, shape, values }: { readonly name: string; readonly shape: readonly number[]; readonly values: Float32Array }): void {
    if (this.#last !== undefined && this.#last >= name)
      throw new RangeError(`${name} comes after ${this.#last}: hash weights in the order of their names`);
    this.#last = name;
    this.#hash.update(`${name} ${shape.join("×")}\n`);
    this.#hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  /** Hexadecimal; nothing can be added afterwards. */
  digest(): string {
    return this.#hash.digest("hex");
  }
}
