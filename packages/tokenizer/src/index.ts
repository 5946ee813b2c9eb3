export { PythonFloat } from "@cai/contracts";
export type { ChatTemplateLimits } from "./chat/jinja/meter.ts";
export { createTokenizer } from "./create.ts";
export { TokenizerError } from "./error.ts";
export { createGgufTokenizer } from "./gguf/create.ts";
export { ggufTokenizerMetadata } from "./gguf/export.ts";
export { type GgufSpecialTokenIds, ggufSpecialTokenIds } from "./gguf/special-token-ids.ts";
export type { HuggingFaceTokenizer } from "./huggingface-tokenizer.ts";
export { loadTokenizer } from "./load.ts";
