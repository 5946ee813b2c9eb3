import { preTokenizers } from "../gguf/pre-tokenizers.ts";
import { patternsOf } from "./patterns-of.ts";

const escapeSequence = String.raw`\\(?:[pP]\{\^?\w+\}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[sSdDwWrntfv]|[^\p{L}\p{N}])`;
const character = String.raw`${escapeSequence}|\[\^?(?:${escapeSequence}|[^\\\[\]])+\]|[^\\\[\](){}*+?|]`;
/** Without repetition in it. */
const group = String.raw`\((?:\?(?:i?:|[=!]|<[=!]))?(?:${character}|\|)*\)`;
const step = new RegExp(String.raw`(?<either>\|)|(?:${character}|(?<group>${group}))(?<times>[*+?]|\{\d+(?:,\d*)?\})?`, "uy");

let known: ReadonlySet<string> | undefined;

/**
 * Whether matching a regular expression of Oniguruma's can't go astray: it is one of those that published models have, or each of its
 * alternatives repeats one character at most, and at most one other is optional. Of the rest nothing is said.
 */
export function isPlainPattern(pattern: string): boolean {
  known ??= new Set([...preTokenizers.values()].flatMap(({ preTokenizer }) => patternsOf({ pre_tokenizer: preTokenizer })));
  return known.has(pattern) || repeatsOnce(pattern);
}

function repeatsOnce(pattern: string): boolean {
  let repeated = 0;
  let optional = 0;
  for (let at = 0; at < pattern.length; at = step.lastIndex) {
    step.lastIndex = at;
    const { either, group, times } = step.exec(pattern)?.groups ?? {};
    if (step.lastIndex === 0) return false; // nothing that is known here
    if (either !== undefined) [repeated, optional] = [0, 0];
    if (times === undefined || /^\{\d\}$/.test(times)) continue;
    if (group !== undefined) return false;
    if (times === "?" || /^\{\d,\d\}$/.test(times)) optional++;
    else repeated++;
    if (repeated > 1 || optional > 1) return false;
  }
  return true;
}
