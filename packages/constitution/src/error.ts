import { CaiError } from "@cai/contracts";

/**
 * Thrown by this package. Codes: `bad-constitution`, `bad-config`, `bad-option`, `bad-answer`, `bad-manifest`, `pipeline-exists`, `no-data`, `cannot-write`, `file-exists`,
 * `locked`, `cannot-lock`.
 */
export class ConstitutionError extends CaiError {
  static override readonly marker = Symbol.for("@cai/constitution");
}
