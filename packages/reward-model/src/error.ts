import { CaiError } from "@cai/contracts";

/**
 * What this package throws. Codes: `bad-scores` (the wrong count, or not finite numbers), `bad-options`, `missing-file`,
 * `missing-runtime` (onnxruntime-node is not installed), `bad-model` (a file that ONNX Runtime can't load, or whose inputs or outputs can't
 * be used), `bad-tokens`, `run-failed`, `disposed`, `bad-module`, `function-failed` (a function or module
 * threw), `timed-out`, `module-failed` (its thread has ended), `endpoint-failed`. A message that asks for an option says "the option" and
 * its name, so that a command line can put its flag there.
 */
export class RewardModelError extends CaiError {
  static override readonly marker = Symbol.for("@cai/reward-model");
}
