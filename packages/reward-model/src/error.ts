import { CaiError } from "@cai/contracts";

/**
 * What this package throws. Codes: `bad-scores` (the wrong count, or not finite numbers), `bad-options`, `missing-file`, `bad-model` (a
 * file that ONNX Runtime can't load, or whose inputs or outputs can't be used), `bad-tokens`, `run-failed`, `disposed`, `bad-module`,
 * `endpoint-failed`.
 */
export class RewardModelError extends CaiError {
  static override readonly marker = Symbol.for("@cai/reward-model");
}
