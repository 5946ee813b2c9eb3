import { CaiError } from "@cai/contracts";

/** Thrown by this package. Codes: `invalid-prompts`, `invalid-completions`, `invalid-rollout`, `invalid-scores`. */
export class RolloutError extends CaiError {
  static override readonly marker = Symbol.for("@cai/rollouts");
}
