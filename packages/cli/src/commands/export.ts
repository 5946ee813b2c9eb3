import { Command, Option } from "commander";
import { exportFormats, exportPolicy } from "../export-policy.ts";
import { policyForms } from "../resolve-policy.ts";

/** `cai export`: a policy for others to load. */
export function exportCommand(): Command {
  return new Command("export")
    .description("write a policy for other programs: transformers, llama.cpp, or transformers.js in a browser")
    .requiredOption("--policy <P>", policyForms)
    .addOption(
      new Option("--format <name>", "safetensors: a folder for transformers; onnx: one for transformers.js; gguf: a file for llama.cpp")
        .choices(exportFormats)
        .makeOptionMandatory(),
    )
    .requiredOption("--out <DIR>", "the folder, made if missing; with gguf also the file, named as in model.gguf")
    .option("--int8", "with onnx: a smaller model in 8 bits beside the exact one; with gguf: Q8_0 instead of F16")
    .action(exportPolicy);
}
