import { CaiError } from "@cai/contracts";

/**
 * Thrown by this package. Codes: `unsupported` (a part of a message that is no text, a tool that must be called), `bad-option`, `too-long` (more than
 * the model's context).
 */
export class AiSdkError extends CaiError {
  static override readonly marker = Symbol.for("@cai/ai-sdk");
}
