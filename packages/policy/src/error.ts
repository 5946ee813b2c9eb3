import { CaiError } from "@cai/contracts";

/**
 * What this package throws on purpose. Codes: `bad-config`, `unsupported-config`, `missing-file`, `missing-tensor`, `unknown-tensor`,
 * `bad-dtype`, `shape-mismatch`, `not-finite`, `empty-batch`, `bad-mask`, `empty-prompt`, `id-out-of-vocabulary`, `too-long`, `bad-option`,
 * `cannot-read`, `cannot-write`, `disposed`.
 *
 * @example
 * try {
 *   await loadPolicy("./no-such-folder");
 * } catch (error) {
 *   if (PolicyError.isInstance(error)) console.log(error.code); // missing-file
 * }
 */
export class PolicyError extends CaiError {
  static override readonly marker = Symbol.for("@cai/policy");
}
