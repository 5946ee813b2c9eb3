/** Tokens that llama.cpp (as of 2026) knows by their texts to end a response, whatever else a file says of them. */
export const endTexts: ReadonlySet<string> = new Set([
  "<|eot_id|>",
  "<|im_end|>",
  "<|end|>",
  "<|return|>",
  "<|call|>",
  "<|flush|>",
  "<|calls|>",
  "<end_of_turn>",
  "<|endoftext|>",
  "</s>",
  "<|eom_id|>",
  "<EOT>",
  "_<EOT>",
  "[EOT]",
  "[EOS]",
  "<|end_of_text|>",
  "<end_of_utterance>",
  "<eos>",
  "<turn|>",
  "<|tool_response>",
  "<｜end▁of▁sentence｜>",
  "[e~[",
]);

/** Tokens for filling in the middle of a text, one of each role: that of a key, or the first of these that there is. */
export const fillingRoles: readonly { readonly keys: readonly string[]; readonly texts: readonly string[]; readonly ends: boolean }[] = [
  {
    keys: ["fim_pre", "prefix"],
    texts: ["<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>", "<|code_prefix|>", "<|prefix|>"],
    ends: false,
  },
  {
    keys: ["fim_suf", "suffix"],
    texts: ["<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>", "<|suffix|>"],
    ends: false,
  },
  {
    keys: ["fim_mid", "middle"],
    texts: ["<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>", "<|middle|>"],
    ends: false,
  },
  { keys: ["fim_pad"], texts: ["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"], ends: true },
  { keys: ["fim_rep"], texts: ["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"], ends: true },
  { keys: ["fim_sep"], texts: ["<|file_sep|>"], ends: true },
];

/** Parts of an answer that are to be seen. */
export const shownTexts: readonly string[] = ["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"];

/** A token that ends nothing where all of the others are there: a part of an answer ends with it, or it is an old model's end. */
export const notEndBeside: readonly { readonly text: string; readonly beside: readonly string[]; readonly isNormal: boolean }[] = [
  { text: "<|end|>", beside: ["<|return|>", "<|call|>"], isNormal: false },
  { text: "<|end|>", beside: ["<|return|>", "<|calls|>"], isNormal: false },
  { text: "<|end|>", beside: ["<|flush|>", "<|call|>"], isNormal: false },
  { text: "<|end|>", beside: ["<|flush|>", "<|calls|>"], isNormal: false },
  { text: "</s>", beside: ["<|tool_response>"], isNormal: true },
  { text: "</s>", beside: ["<|plamo:eos|>"], isNormal: true },
];
