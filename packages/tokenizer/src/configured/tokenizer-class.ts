import type { JsonObject } from "../files.ts";

/** Classes of transformers whose BertNormalizer follows tokenizer_config.json. */
const bertClasses = [
  "Bert",
  "ConvBert",
  "DistilBert",
  "DPRContextEncoder",
  "DPRQuestionEncoder",
  "DPRReader",
  "Electra",
  "Funnel",
  "LayoutLM",
  "LayoutLMv2",
  "Lxmert",
  "MobileBert",
  "MPNet",
  "Realm",
  "RetriBert",
  "Splinter",
  "SqueezeBert",
];

/** Classes of transformers whose ByteLevel pre-tokenizer follows tokenizer_config.json. */
const byteLevelClasses = [
  "GPT2",
  "Roberta",
  "Bart",
  "CodeGen",
  "Deberta",
  "GPTNeoX",
  "LayoutLMv3",
  "LED",
  "Longformer",
  "Luke",
  "Mvp",
  "Whisper",
];

/** What the `tokenizer_class` of tokenizer_config.json means for the options beside it. */
export interface TokenizerClass {
  /** Undefined where the file names none. */
  readonly name: string | undefined;
  readonly isBert: boolean;
  readonly isByteLevel: boolean;
}

export function readTokenizerClass(config: JsonObject): TokenizerClass {
  const given = config.tokenizer_class;
  const name = typeof given === "string" ? given.replace(/Fast$/, "") : undefined;
  const isOneOf = (classes: readonly string[]) => classes.some((one) => name === `${one}Tokenizer`);
  return {
    name,
    isBert: isOneOf(bertClasses),
    isByteLevel: isOneOf(byteLevelClasses),
  };
}
