import { join } from "node:path";
import { HubError } from "./error.ts";
import type { HubId } from "./hub-id.ts";
import type { ListedFile } from "./listed-file.ts";
import { isFile, required, tokenizerFiles, type WantedFiles } from "./wanted-files.ts";

const defaultFiles = ["model.onnx", "onnx/model.onnx"];
const small = new Set([...required, ...tokenizerFiles]);

/**
 * Configuration, tokenizer and one ONNX model with the external data beside it: `file`, or `model.onnx`, or `onnx/model.onnx`. Other
 * precisions of it are not taken.
 */
export function onnxFiles(file: string | undefined): WantedFiles {
  const candidates = file === undefined ? defaultFiles : [file];
  return {
    inFolders: true,
    optional: "tokenizer_config.json and model.onnx_data",
    choose(files, id) {
      const whole = candidates.flatMap((name) => files.get(name) ?? [])[0];
      const missing = required.filter((name) => !files.has(name));
      if (whole === undefined) throw new HubError("unusable", withoutModel(files, id, candidates));
      if (missing.length > 0)
        throw new HubError(
          "unusable",
          `${id.name} on the hub has no ${missing.join(", ")}\nIn Python, AutoConfig and AutoTokenizer load them and save_pretrained(folder) writes them: give that folder, with ${whole.name} in it`,
        );
      const chosen = [...files.values()].filter(({ name }) => small.has(name) || isDataOf(whole.name, name));
      return { small: chosen, whole };
    },
    async missingIn(folder) {
      const missing: string[] = [];
      for (const name of required) if (!(await isFile(join(folder, name)))) missing.push(name);
      const found = await Promise.all(candidates.map((name) => isFile(join(folder, name))));
      return found.includes(true) ? missing : [...missing, candidates[0]!];
    },
  };
}

/** Exporters call the weights of a large model `model.onnx_data`, `model.onnx_data_1` and so on, or `model.onnx.data`. */
function isDataOf(model: string, name: string): boolean {
  return name.startsWith(model) && /^(?:_data(?:_\d+)?|\.data)$/.test(name.slice(model.length));
}

function withoutModel(files: ReadonlyMap<string, ListedFile>, { name }: HubId, candidates: readonly string[]): string {
  const models = [...files.keys()].filter((path) => path.endsWith(".onnx"));
  if (models.length > 0)
    return `${name} on the hub has no ${candidates.join(" or ")}\nIt has ${models.join(", ")}: choose one with the option file`;
  return (
    `${name} on the hub has no ONNX model (${candidates.join(" or ")})\n` +
    `Export it in Python: \`optimum-cli export onnx --model ${name} --task text-classification folder\`, and give that folder`
  );
}
