import type { AddedToken } from "../../configured/added-tokens.ts";
import { unsupported } from "./unsupported.ts";

/**
 * Refuses added tokens that the JavaScript library would take and not honour.
 *
 * @param normalize undefined where there is no normalizer
 */
export function refuseUnsupportedAddedTokens(tokens: readonly AddedToken[], normalize: ((text: string) => string) | undefined): void {
  for (const token of tokens) {
    for (const flag of ["single_word", "lstrip", "rstrip"] as const) {
      if (token[flag]) unsupported(`the added token ${JSON.stringify(token.content)} with ${flag}`);
    }
    if (token.normalized && normalize !== undefined && normalize(token.content) !== token.content) {
      unsupported(`the added token ${JSON.stringify(token.content)}, which the normalizer changes,`);
    }
  }
  if (normalize === undefined) refuseOverlaps(tokens);
}

/** Those that are not normalized are found first by the Rust library; by the JavaScript one only where there is a normalizer. */
function refuseOverlaps(tokens: readonly AddedToken[]): void {
  const contents = (normalized: boolean) => tokens.filter((token) => token.normalized === normalized).map(({ content }) => content);
  for (const first of contents(false)) {
    for (const second of contents(true)) {
      if (overlap(first, second)) unsupported(`the added tokens ${JSON.stringify(first)} and ${JSON.stringify(second)}, which overlap,`);
    }
  }
}

function overlap(first: string, second: string): boolean {
  if (first.includes(second) || second.includes(first)) return true;
  const shorter = Math.min(first.length, second.length);
  for (let length = 1; length < shorter; length++) {
    if (first.endsWith(second.slice(0, length)) || second.endsWith(first.slice(0, length))) return true;
  }
  return false;
}
