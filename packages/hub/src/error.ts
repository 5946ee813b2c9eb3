import { CaiError } from "@cai/contracts";

/**
 * What this package throws on purpose. Codes: `bad-source` (neither a path nor a hub id), `missing-path`, `offline` (not in the cache, and
 * the hub can't be reached), `not-found`, `no-access` (private, gated, or a token that isn't valid), `unusable` (no safetensors, say),
 * `damaged` (what came is not what the hub lists), `hub-failed`.
 *
 * @example
 * try {
 *   await resolveModel("./no-such-folder");
 * } catch (error) {
 *   if (HubError.isInstance(error)) console.log(error.code); // missing-path
 * }
 */
export class HubError extends CaiError {
  static override readonly marker = Symbol.for("@cai/hub");
}
