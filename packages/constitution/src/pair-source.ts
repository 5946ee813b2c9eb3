import type { ChatMessage } from "@cai/contracts";
import type { FeedbackModel } from "@cai/feedback";
import type { Constitution, OptionalField } from "./constitution.ts";
import { contentHash, type Json } from "./content-hash.ts";
import { drawPrinciples } from "./draw-principles.ts";
import { contrastPairs, sampledPairs } from "./drawn-pairs.ts";
import type { AnswerPair } from "./labeller.ts";
import { type RevisedAnswer, revisionPairs } from "./revision-pairs.ts";

/** Pairs that are made as they are needed. */
export interface PairSource {
  readonly total: number;
  /** Everything that the pairs depend on, but for the constitution. */
  readonly identity: Readonly<Record<string, Json>>;
  /** Which fields every principle must have for them. */
  readonly needs: readonly OptionalField[];
  /** The pairs `first` … `first + count − 1`, the same whenever they are made. */
  pairs(first: number, count: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<AnswerPair[]>;
}

/** What drawn pairs are made of. */
export interface DrawnPairSourceOptions {
  /** Two draws of the model, or one under each persona of the principle. */
  readonly kind: "sampled" | "contrast";
  /** Writes the answers: the policy that is to be trained, as a rule. */
  readonly feedback: FeedbackModel;
  readonly prompts: readonly (readonly ChatMessage[])[];
  readonly constitution: Pick<Constitution, "principles">;
  readonly seed: number;
  /** All prompts are gone over so many times, with draws and principles of their own. Default: 1. */
  readonly pairsPerPrompt?: number;
  /** Longest answer. Default: 128. */
  readonly maxNewTokens?: number;
  /** Default: 1. */
  readonly temperature?: number;
  /** What the draws are for; sources of two streams are independent. Default: `"prefer"`. */
  readonly stream?: string;
}

/**
 * Pairs of answers that a model draws, each to be compared by a principle that is drawn by weight.
 *
 * @example
 * const source = drawnPairSource({ kind: "contrast", feedback, prompts: [pair.prompt], constitution, seed: 7, pairsPerPrompt: 4 });
 * source.total; // 4
 */
export function drawnPairSource({
  kind,
  feedback,
  prompts,
  constitution,
  seed,
  pairsPerPrompt = 1,
  maxNewTokens = 128,
  temperature = 1,
  stream = "prefer",
}: DrawnPairSourceOptions): PairSource {
  const draw = { sampled: sampledPairs, contrast: contrastPairs }[kind];
  const options = { maxNewTokens, temperature };
  return {
    total: prompts.length * pairsPerPrompt,
    identity: { pairs: kind, writer: feedback.identity, prompts: contentHash(prompts as unknown as Json), seed, stream, ...options },
    needs: kind === "contrast" ? ["positivePersona", "negativePersona"] : [],
    async pairs(first, count, { signal } = {}) {
      const draws = { seed, stream: `${stream}/${kind}`, step: 0, firstSample: first };
      const principles = drawPrinciples({ constitution, count, draws });
      const asked = principles.map((_, index) => prompts[(first + index) % prompts.length]!);
      return draw({ feedback, prompts: asked, principles, draws, ...options, signal });
    },
  };
}

/**
 * Revisions against their originals, see `revisionPairs`.
 *
 * @throws ConstitutionError `bad-option`
 * @example
 * const rows = [{ prompt: pair.prompt, response: "No.", revisions: ["Not yet."], principles: ["honesty"] }];
 * revisionPairSource({ rows, constitution }).total; // 1
 */
export function revisionPairSource(options: {
  readonly rows: readonly RevisedAnswer[];
  readonly constitution: Pick<Constitution, "name" | "principles">;
}): PairSource {
  const pairs = revisionPairs(options);
  return {
    total: pairs.length,
    identity: { pairs: "revisions", revisions: contentHash(pairs.map(({ prompt, answers }) => ({ prompt, answers })) as unknown as Json) },
    needs: [],
    pairs: async (first, count) => pairs.slice(first, first + count),
  };
}
