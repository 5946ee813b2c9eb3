import { CaiError } from "@cai/contracts";

/**
 * A safetensors file that can't be read or written; the message names the file and, where it is one's fault, the tensor.
 *
 * `code`: `bad-file` (the file breaks the format), `bad-input` (what is to be written doesn't fit), `unknown-tensor`,
 * `wrong-dtype`, `cannot-open`, `cannot-read`, `cannot-write` (the cause is the system's error).
 */
export class SafetensorsError extends CaiError {
  static override readonly marker = Symbol.for("@cai/safetensors");
}
