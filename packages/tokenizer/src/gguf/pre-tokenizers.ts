import type { JsonObject } from "../files.ts";
import * as patterns from "./patterns.ts";

/** How a text is cut before its pieces are merged, as tokenizer.json says it, and what goes with it. */
export interface PreTokenizer {
  readonly preTokenizer: JsonObject;
  readonly normalizer: JsonObject | null;
  /** A piece that is a token as it stands is not merged from its bytes. */
  readonly ignoreMerges: boolean;
  /** Whether a text begins with the beginning-of-text token where the file does not say. */
  readonly addBos: boolean;
}

const byteLevel = (use_regex: boolean): JsonObject => ({ type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex });
/** GPT-2's own pattern stands in the step that makes bytes of the pieces. */
const gpt2Words = byteLevel(true);
const bytes = byteLevel(false);
const digits: JsonObject = { type: "Digits", individual_digits: true };

/** Cuts at the pattern, one step after another; what lies between matches is a piece too. */
const cut = (...steps: readonly (string | JsonObject)[]): JsonObject => ({
  type: "Sequence",
  pretokenizers: steps.map((step) =>
    typeof step === "string" ? { type: "Split", pattern: { Regex: step }, behavior: "Isolated", invert: false } : step,
  ),
});

/** A pre-tokenizer under its names; one with a Unicode form composes characters first, as the models' own files do. */
const named = (
  names: string,
  preTokenizer: JsonObject,
  { ignoreMerges = false, addBos = false, form }: { ignoreMerges?: boolean; addBos?: boolean; form?: "NFC" } = {},
): [name: string, PreTokenizer][] =>
  names.split(" ").map((name) => [name, { preTokenizer, normalizer: form === undefined ? null : { type: form }, ignoreMerges, addBos }]);

const deepseek3 = cut("\\p{N}{1,3}", patterns.chineseAndJapanese, patterns.deepseek3, bytes);
const llama3 = cut(patterns.llama3, bytes);
const qwen2 = cut(patterns.qwen2, bytes);
const gpt4o = cut(patterns.gpt4o, bytes);

/**
 * By the names that `tokenizer.ggml.pre` has for them in llama.cpp's table. Where several are alike, the first name is the one that is
 * written. The patterns are those of the models' own tokenizer.json files where llama.cpp only comes near to them.
 */
export const preTokenizers: ReadonlyMap<string, PreTokenizer> = new Map([
  ...named("gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum modern-bert", gpt2Words),
  ...named("mpt olmo jais trillion granite-docling exaone4 jina-v1-en jina-v2-code roberta-bpe", gpt2Words),
  ...named("smollm starcoder refact command-r codeshell exaone minerva-7b mellum2", cut(digits, gpt2Words)),
  ...named("llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano", llama3, { ignoreMerges: true, addBos: true }),
  ...named("glm4 glm5", llama3, { ignoreMerges: true }),
  ...named("smaug-bpe dbrx chatglm-bpe", llama3),
  ...named("qwen2", qwen2, { form: "NFC" }),
  ...named("deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan solar-open grok-2", qwen2),
  ...named("qwen35", cut(patterns.qwen35, bytes)),
  ...named("deepseek-v3 hunyuan-dense joyai-llm hy_v4", deepseek3),
  ...named(
    "deepseek-llm",
    cut("[\\r\\n]", patterns.casedWord, patterns.punctuationOfBothWidths, "\\s+$", patterns.chineseAndKorean, "\\p{N}+", bytes),
  ),
  ...named("deepseek-coder", cut("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", patterns.chineseAndKorean, "\\p{N}", bytes)),
  ...named("tekken", cut(patterns.tekken, bytes), { ignoreMerges: true, addBos: true }),
  ...named("gpt-4o llama4 kanana2 talkie minimax-m2", gpt4o),
  ...named("granite-embed-multi-97m", gpt4o, { ignoreMerges: true }),
  ...named("tiny_aya cohere2moe", cut(patterns.thousands, patterns.gpt4o, bytes)),
  ...named("kimi-k2", cut(patterns.kimiK2, bytes)),
  ...named("falcon", cut("[\\p{P}$+<=>^~|`]+", patterns.gpt2, "[0-9][0-9][0-9]", bytes)),
  ...named("bloom poro-chat gpt3-finnish", cut(patterns.betweenPunctuation, bytes)),
  ...named("viking", cut(patterns.betweenPunctuation, "\\p{N}", bytes)),
  ...named(
    "chameleon",
    cut("<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", "([\\t\\n]|    |  )", "\\p{N}", "[\\p{P}!-/:-@\\[-`{-~]", gpt2Words),
    { addBos: true },
  ),
  ...named("superbpe", cut("\\p{N}+", patterns.thousands, bytes)),
  ...named("bailingmoe bailingmoe2 llada-moe", cut(patterns.bailingMoe, bytes)),
  ...named("seed-coder", cut(patterns.seedCoder, bytes)),
  ...named("ufakzeka", cut(patterns.ufakzeka, bytes)),
  ...named("jais-2", cut(patterns.jais2, bytes)),
  ...named("exaone-moe", cut(patterns.exaoneMoe, bytes)),
  ...named("minicpm5", cut("\\p{N}{1,3}", patterns.minicpm5, bytes), { ignoreMerges: true }),
  ...named("afmoe", cut(patterns.thousands, patterns.eastAsian, patterns.deepseek3, bytes)),
  ...named("laguna", cut("[^\\n]+|[\\n]+", patterns.qwen2, bytes)),
  ...named("spark2_5", cut("\\p{N}{1,3}", patterns.chineseAndJapanese, patterns.spark, "\\p{N}", bytes)),
  ...named("youtu", cut(patterns.eastAsianByScript, patterns.youtu, bytes), { ignoreMerges: true }),
  ...named("default", cut("[\\p{P}$+<=>^~|]+", patterns.gpt2, "\\p{N}+", "[0-9][0-9][0-9]", bytes)),
]);
