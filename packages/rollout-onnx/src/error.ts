import { CaiError } from "@cai/contracts";

/**
 * What the engine refuses.
 *
 * `code`: `bad-option`; `missing-runtime` where onnxruntime-node is not installed; `unsupported-model` for heads that ONNX Runtime's attention doesn't take; `not-finite` for weights or logits that are no finite
 * numbers; `run-failed` with ONNX Runtime's own words; `disposed`.
 */
export class RolloutError extends CaiError {
  static override readonly marker = Symbol.for("@cai/rollout-onnx");
}
