export { PythonFloat } from "./chat/jinja/from-javascript.ts";
export { createTokenizer } from "./create.ts";
export { TokenizerError } from "./error.ts";
export { createGgufTokenizer } from "./gguf.ts";
export { ggufTokenizerMetadata } from "./gguf-export.ts";
export type { HuggingFaceTokenizer } from "./huggingface-tokenizer.ts";
export { loadTokenizer } from "./load.ts";
