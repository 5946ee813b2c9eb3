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
const byteLevelClasses = ["GPT2", "Roberta", "Bart", "CodeGen", "Deberta", "GPTNeoX", "LayoutLMv3", "LED", "Longformer", "Luke", "Mvp", "Whisper"];

/** Further classes that put their own tokens around a text, whatever `add_bos_token` and `add_eos_token` say. */
const otherClassesWithOwnTokens = [
  "Albert",
  "BigBird",
  "Camembert",
  "CLIP",
  "DebertaV2",
  "Herbert",
  "LayoutXLM",
  "MarkupLM",
  "MBart",
  "MBart50",
  "MLuke",
  "Nllb",
  "Nougat",
  "Pegasus",
  "RemBert",
  "RoFormer",
  "SeamlessM4T",
  "T5",
  "Udop",
  "XGLM",
  "XLMRoberta",
  "XLNet",
];

const classesWithBosAndEos = ["GPT2", "GPTNeoX"];

/** What the `tokenizer_class` of tokenizer_config.json means for the options beside it. */
export interface TokenizerClass {
  /** Undefined where the file names none. */
  readonly name: string | undefined;
  readonly isBert: boolean;
  readonly isByteLevel: boolean;
  readonly hasOwnSpecialTokens: boolean;
}

export function readTokenizerClass(config: JsonObject): TokenizerClass {
  const given = config.tokenizer_class;
  const name = typeof given === "string" ? given.replace(/Fast$/, "") : undefined;
  const isOneOf = (classes: readonly string[]) => classes.some((one) => name === `${one}Tokenizer`);
  return {
    name,
    isBert: isOneOf(bertClasses),
    isByteLevel: isOneOf(byteLevelClasses),
    hasOwnSpecialTokens: isOneOf([...bertClasses, ...byteLevelClasses, ...otherClassesWithOwnTokens]) && !isOneOf(classesWithBosAndEos),
  };
}
