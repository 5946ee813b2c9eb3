import { CaiError } from "@cai/contracts";

/**
 * Thrown by this package. Codes: `unreadable-message` (a role or content that a format can't write), `bad-question`, `too-long`, `bad-option`,
 * `endpoint-failed`, `bad-answer`, `missing-package` (the AI SDK is not installed), `cannot-write`.
 */
export class FeedbackError extends CaiError {
  static override readonly marker = Symbol.for("@cai/feedback");
}
