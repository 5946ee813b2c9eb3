import { CaiError } from "@cai/contracts";

/**
 * What this package throws. Codes: `missing-file`, `invalid-file`, `unknown-special-token`, `no-chat-template`,
 * `chat-template-failed`.
 */
export class TokenizerError extends CaiError {
  static override readonly marker = Symbol.for("@cai/tokenizer");
}
