import type { TokenizerParts } from "./create.ts";
import { preTokenizers } from "./pre-tokenizers.ts";
import type { GgufVocabulary } from "./vocabulary.ts";

/** `gpt2`: pairs of bytes merged in an order, within pieces that `tokenizer.ggml.pre` says how to cut. Throws TokenizerError. */
export function byteLevel({ fields, idOf }: GgufVocabulary): TokenizerParts {
  const name = fields.text("tokenizer.ggml.pre") ?? "default";
  const pre = preTokenizers.get(name);
  if (pre === undefined)
    throw fields.wrong(
      `tokenizer.ggml.pre is "${name}", and how that cuts a text is not known here: take the model's folder in Hugging Face layout; ` +
        `known are ${[...preTokenizers.keys()].join(", ")}`,
    );
  const merges = fields.texts("tokenizer.ggml.merges").map((merge) => {
    const space = merge.indexOf(" ", 1);
    if (space === -1)
      throw fields.wrong(`tokenizer.ggml.merges has ${JSON.stringify(merge)}, expected two texts with a space between them`);
    return [merge.slice(0, space), merge.slice(space + 1)] as const;
  });
  // llama.cpp comes back to bytes where a merge makes no token; the engine refuses a list that has one.
  const made = merges.filter(([left, right]) => [left, right, left + right].every((token) => idOf.has(token)));
  return {
    normalizer: pre.normalizer,
    pre_tokenizer: pre.preTokenizer,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: pre.ignoreMerges,
      vocab: Object.fromEntries(idOf),
      merges: made,
    },
    adds: { before: pre.addBos ? "bos" : undefined, after: undefined },
  };
}
