import { CaiError } from "@cai/contracts";

/** Thrown by this package. Codes: `bad-option`, `endpoint-failed`, `bad-answer`. */
export class EndpointError extends CaiError {
  static override readonly marker = Symbol.for("@cai/endpoint");
}
