import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CausalPolicy } from "@cai/policy";
import { lockFile, lockFolder } from "@cai/whole-file";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { loadNamedPolicy } from "./resolve-policy.ts";
import { print } from "./visible.ts";

/** What `--format` may be. */
export const exportFormats = ["safetensors", "onnx", "gguf"] as const;

/** The flags of `cai export`. */
interface ExportFlags {
  readonly policy: string;
  readonly format: (typeof exportFormats)[number];
  readonly out: string;
  readonly int8?: boolean;
}

/** How the name of a single file ends in each format; what is written is a folder with such a file in it, but for GGUF. */
const fileEndings = { safetensors: ".safetensors", onnx: ".onnx", gguf: ".gguf" } as const;

/**
 * Writes a policy in another program's format, and prints the folder; for GGUF the file: `out` itself where it ends in `.gguf`, else
 * `model.gguf` in that folder.
 *
 * @throws CliError `usage` for a policy that can't be loaded or doesn't fit the format, and for an `out` that can't be what the format
 * writes, or that another process writes to: nothing was written
 */
export async function exportPolicy({ policy: source, format, out, int8 = false }: ExportFlags): Promise<void> {
  if (int8 && format === "safetensors")
    throw new CliError("usage", "--int8 goes with --format onnx or gguf, not with safetensors: leave it out");
  const written = await placeOf(format, out);
  const lock = await readingInput(() => (written === out && format === "gguf" ? lockFile : lockFolder)(out, CliError));
  try {
    await prepareChosenBackend();
    const policy = await readingInput(() => loadNamedPolicy(source));
    if (format === "onnx") await exportToOnnx(policy, out, int8);
    else if (format === "gguf") await exportToGguf(policy, written, int8);
    else await policy.save(out);
    policy.dispose();
  } finally {
    await lock.release();
  }
  print(`${written}\n`);
}

/** What will be written: a folder, or the GGUF file. */
async function placeOf(format: ExportFlags["format"], out: string): Promise<string> {
  const refuse = (problem: string, remedy: string): never => {
    throw new CliError("usage", `--out ${out} ${problem}: ${remedy}`);
  };
  const asFile = out.toLowerCase().endsWith(fileEndings[format]);
  const present = await stat(out).catch(() => undefined);
  if (format === "gguf" && asFile) return present?.isDirectory() ? refuse("is a folder", "name a file in it, or another one") : out;
  if (asFile && !present?.isDirectory())
    refuse("names a file", `--format ${format} writes a folder, with the model, its configuration and its tokenizer`);
  if (present !== undefined && !present.isDirectory()) refuse("is a file", "name a folder");
  return format === "gguf" ? join(out, "model.gguf") : out;
}

async function exportToGguf(policy: CausalPolicy, path: string, quantize: boolean): Promise<void> {
  const { exportGguf } = await import("@cai/policy");
  await mkdir(dirname(path), { recursive: true });
  await exportGguf({ policy, path, dtype: quantize ? "Q8_0" : "F16" });
}

async function exportToOnnx(policy: CausalPolicy, directory: string, quantize: boolean): Promise<void> {
  const { OnnxExportError, exportOnnx } = await import("@cai/onnx-export");
  await exportOnnx({ policy, directory, quantize }).catch((error: unknown) => {
    if (OnnxExportError.isInstance(error) && error.code !== "cannot-write") throw new CliError("usage", error.message, { cause: error });
    throw error;
  });
}
