import { CaiError } from "@cai/contracts";

/** Thrown by this package. Codes: `invalid-prompts`, `invalid-completions`, `invalid-rollout`, `invalid-scores`. */
export class RolloutError extends CaiError {
  static override readonly marker = Symbol.for("@cai/rollouts");
  /** The row of the data that was refused, the very object that was given; undefined where it is about none. */
  readonly row: unknown;

  constructor(code: string, message: string, { row, ...options }: ErrorOptions & { readonly row?: unknown } = {}) {
    super(code, message, options);
    this.row = row;
  }
}
