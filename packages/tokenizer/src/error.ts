import { CaiError } from "@cai/contracts";

/**
 * What this package throws. Codes: `missing-file`, `invalid-file`, `unsupported-option`, `unknown-special-token`, `cannot-encode`,
 * `cannot-decode`, `too-costly` (of a tokenizer.json that
 * would take more time or memory than any text needs), `no-chat-template`, `chat-template-failed`, `engine-failed`.
 */
export class TokenizerError extends CaiError {
  static override readonly marker = Symbol.for("@cai/tokenizer");
}
