import { TokenizerError } from "../error.ts";
import type { JsonObject } from "../files.ts";
import { byteToken, spaceMark, splitsOf } from "./sentence-piece.ts";
import { tokenTypes } from "./vocabulary.ts";

/** Tokens by id, and what they are in terms of `tokenTypes`. */
export interface ListedTokens {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
}

/** Whether a text begins with a space of its own, in a tokenizer whose spaces are marked and nothing else done to them; undefined for any other. */
export function spacePrefixOf({ normalizer, pre_tokenizer, model }: JsonObject): boolean | undefined {
  const { type, byte_fallback, ignore_merges } = model as JsonObject;
  if (type !== "BPE" || byte_fallback !== true || ignore_merges === true) return undefined;
  const steps = [...stepsOf(normalizer, "normalizers"), ...stepsOf(pre_tokenizer, "pretokenizers")];
  const said = steps.map((step) => {
    if (step.type === "Prepend" && step.prepend === spaceMark) return "prefix";
    if (step.type === "Replace" && (step.pattern as JsonObject).String === " " && step.content === spaceMark) return "mark";
    if (step.type !== "Metaspace" || step.replacement !== spaceMark || step.split !== false) return "other";
    return step.prepend_scheme === "always" ? "prefix mark" : step.prepend_scheme === "never" ? "mark" : "other";
  });
  if (said.join(" ") === "prefix mark") return true;
  return said.join(" ") === "mark" ? false : undefined;
}

/**
 * The metadata of a SentencePiece model of merges: scores that merge in the order of the list. The format merges whatever makes a token, all
 * ways to make it alike; a list that leaves some out, or puts other merges between them, is refused. Throws TokenizerError.
 */
export function sentencePieceMetadata(merges: readonly (readonly [string, string])[], { tokens, types }: ListedTokens, where: string) {
  const rankOf = new Map<string, number>();
  const pairs = new Set<string>();
  let last: string | undefined;
  for (const [rank, [left, right]] of merges.entries()) {
    const token = left + right;
    if (token !== last && rankOf.has(token)) throw refuse(where, `merges others between two ways to make ${JSON.stringify(token)}`);
    if (token !== last) rankOf.set(token, rank);
    last = token;
    pairs.add(`${left} ${right}`);
  }
  const pieces = new Set(tokens.filter((_, id) => types[id] === tokenTypes.normal));
  for (const token of pieces) {
    const left = splitsOf(token).find(([a, b]) => pieces.has(a) && pieces.has(b) && !pairs.has(`${a} ${b}`));
    if (left !== undefined)
      throw refuse(where, `never merges ${left.map((part) => JSON.stringify(part)).join(" and ")}, which make a token`);
  }
  const bytes = new Set(Array.from({ length: 256 }, (_, byte) => byteToken(byte)));
  return {
    "tokenizer.ggml.scores": {
      float32s: tokens.map((token, id) => -(rankOf.get(token) ?? merges.length + id)),
    },
    "tokenizer.ggml.token_type": {
      int32s: types.map((type, id) => (type === tokenTypes.normal && bytes.has(tokens[id]!) ? tokenTypes.byte : type)),
    },
  };
}

function stepsOf(step: unknown, field: string): readonly JsonObject[] {
  if (step === null || step === undefined) return [];
  const { type, [field]: steps } = step as JsonObject;
  return type === "Sequence" ? (steps as readonly JsonObject[]) : [step as JsonObject];
}

function refuse(where: string, what: string): TokenizerError {
  return new TokenizerError("invalid-file", `${where} ${what}: GGUF files have no words for that`);
}
