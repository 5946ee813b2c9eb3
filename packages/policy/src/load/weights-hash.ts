import { sha256 } from "@cai/whole-file/system";

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A weight as it is hashed. */
export interface WeightNumbers extends Weight {
  readonly values: Float32Array;
}

/** Fewer bytes are hashed in less time than a thread takes to start. */
export const fewestHashedBeside = 2 ** 26;

/** What stands before a weight's numbers in the hash. */
export const hashedLine = ({ name, shape }: Weight): string => `${name} ${shape.join("×")}\n`;

/** Weights in the order in which they are hashed: that of their names, by UTF-16 code unit. */
export function inHashOrder<Named extends Weight>(weights: readonly Named[]): Named[] {
  return weights.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * SHA-256 over weights that are given one by one, in the order of their names (by UTF-16 code unit): for each the line
 * `<name> <dimensions joined by ×>\n` in UTF-8, then its float32 bytes, little-endian.
 */
export class WeightsHash {
  readonly #hash = sha256();
  #last: string | undefined;

  add({ name, shape, values }: WeightNumbers): void {
    if (this.#last !== undefined && this.#last >= name)
      throw new RangeError(`${name} comes after ${this.#last}: hash weights in the order of their names`);
    this.#last = name;
    this.#hash.update(hashedLine({ name, shape }));
    this.#hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  /** Hexadecimal; nothing can be added afterwards. */
  digest(): string {
    return this.#hash.digest();
  }
}
