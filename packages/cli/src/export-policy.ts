import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import type { CausalPolicy } from "@cai/policy";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { loadNamedPolicy } from "./resolve-policy.ts";

/** What `--format` may be. */
export const exportFormats = ["safetensors", "onnx", "gguf"] as const;

/** The flags of `cai export`. */
interface ExportFlags {
  readonly policy: string;
  readonly format: (typeof exportFormats)[number];
  readonly out: string;
  readonly int8?: boolean;
}

/**
 * Writes a policy in another program's format, and prints the folder.
 *
 * @throws CliError `usage` for a policy that can't be loaded or doesn't fit the format: nothing was written
 */
export async function exportPolicy({ policy: source, format, out, int8 = false }: ExportFlags): Promise<void> {
  if (int8 && format === "safetensors")
    throw new CliError("usage", "--int8 goes with --format onnx or gguf, not with safetensors: leave it out");
  await prepareBackend();
  const policy = await readingInput(() => loadNamedPolicy(source));
  if (format === "onnx") await exportToOnnx(policy, out, int8);
  else if (format === "gguf") await exportToGguf(policy, out, int8);
  else await policy.save(out);
  policy.dispose();
  process.stdout.write(`${out}\n`);
}

async function exportToGguf(policy: CausalPolicy, directory: string, quantize: boolean): Promise<void> {
  const { exportGguf } = await import("@cai/policy");
  await mkdir(directory, { recursive: true });
  await exportGguf({ policy, path: join(directory, "model.gguf"), dtype: quantize ? "Q8_0" : "F16" });
}

async function exportToOnnx(policy: CausalPolicy, directory: string, quantize: boolean): Promise<void> {
  const { OnnxExportError, exportOnnx } = await import("@cai/onnx-export");
  await exportOnnx({ policy, directory, quantize }).catch((error: unknown) => {
    if (OnnxExportError.isInstance(error) && error.code !== "cannot-write") throw new CliError("usage", error.message, { cause: error });
    throw error;
  });
}
