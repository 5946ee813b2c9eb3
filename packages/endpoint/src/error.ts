import { CaiError } from "@cai/contracts";

/**
 * Thrown by this package. Codes: `bad-option`, `endpoint-failed` (it can't be reached, failed in every attempt, or refused), `bad-answer` (no
 * JSON, or too much of it). No message holds a password, a header's value or a query.
 */
export class EndpointError extends CaiError {
  static override readonly marker = Symbol.for("@cai/endpoint");
}
