import { CaiError } from "@cai/contracts";

/**
 * Thrown by the trainer. Codes: `invalid-option`, `invalid-prompts`, `invalid-rollout`, `non-finite`, `existing-run`,
 * `checkpoint-mismatch`.
 */
export class TrainerError extends CaiError {
  static override readonly marker = Symbol.for("@cai/trainer");
}
