import { CaiError } from "@cai/contracts";

/**
 * A GGUF file that can't be read or written; the message names the file and, where it is one's fault, the tensor or the metadata key.
 *
 * `code`: `bad-file` (the file breaks the format), `unsupported` (a quantisation, version or byte order that is not read here),
 * `bad-input` (what is to be written doesn't fit), `unknown-tensor`, `cannot-open`, `cannot-read`, `cannot-write` (the cause is the system's
 * error).
 *
 * @example
 * try {
 *   await openGguf("model.gguf");
 * } catch (error) {
 *   if (GgufError.isInstance(error)) console.log(error.code);
 * }
 */
export class GgufError extends CaiError {
  static override readonly marker = Symbol.for("@cai/gguf");
}
