import { CaiError } from "@cai/contracts";

/** Thrown by this package. Codes: `unreadable-message`, `bad-option`, `endpoint-failed`, `bad-answer`, `cannot-write`. */
export class FeedbackError extends CaiError {
  static override readonly marker = Symbol.for("@cai/feedback");
}
