import { readTextFile } from "@cai/whole-file";
import { TokenizerError } from "./error.ts";
import { tokenizerFileNames } from "./files.ts";
import { HuggingFaceTokenizer } from "./huggingface-tokenizer.ts";

/**
 * Loads the tokenizer of a model's folder in Hugging Face layout: tokenizer.json, and what there is of tokenizer_config.json,
 * special_tokens_map.json and chat_template.jinja.
 *
 * @throws TokenizerError `missing-file` where there is no tokenizer.json, `invalid-file` where a file can't be read as what it
 * should be, `unknown-special-token` where the files contradict each other.
 * @example
 * const tokenizer = await loadTokenizer("./gpt2");
 * const ids = tokenizer.encode("Hello world"); // GPT-2's: Int32Array [ 15496, 995 ]
 * tokenizer.decode(ids); // Hello world
 */
export async function loadTokenizer(directory: string): Promise<HuggingFaceTokenizer> {
  const files = new Map<string, string>();
  for (const name of tokenizerFileNames) {
    const text = await readTextIfPresent(directory, name);
    if (text !== undefined) files.set(name, text);
  }
  if (!files.has("tokenizer.json")) {
    throw new TokenizerError(
      "missing-file",
      `${directory} has no tokenizer.json: give a model's folder; a model that only has vocab.json or tokenizer.model gets one from ` +
        "AutoTokenizer.from_pretrained(…).save_pretrained(…) in transformers",
    );
  }
  return new HuggingFaceTokenizer(files, directory);
}

/** A text file's content, undefined where there is no such file. */
async function readTextIfPresent(folder: string, name: string): Promise<string | undefined> {
  const path = `${folder}/${name}`;
  try {
    return await readTextFile(path, { within: folder });
  } catch (cause) {
    const { code, message } = cause as { readonly code?: unknown; readonly message: string };
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new TokenizerError("invalid-file", `${path} can't be read: ${message}`, { cause });
  }
}
