import type { Tokenizer } from "@cai/contracts";
import { loadTokenizer, TokenizerError } from "@cai/tokenizer";
import { basename, dirname, join, readdir, stat } from "@cai/whole-file/system";
import { RewardModelError } from "./error.ts";
import { type ModelConfig, readModelConfig } from "./model-config.ts";

/** Where a reward model's parts were found. */
export interface ModelFiles {
  readonly modelPath: string;
  /** True where the model was named as a folder, false for an .onnx file. */
  readonly isFolder: boolean;
  /** What config.json beside the model says. */
  readonly config: ModelConfig;
  /** The tokenizer beside the model. */
  readonly tokenizer: (Tokenizer & { readonly modelMaxLength: number | undefined }) | undefined;
}

/**
 * Finds the model in a folder (`file` in it, or model.onnx, onnx/model.onnx, or its only .onnx file), or takes a file; config.json and the
 * tokenizer are looked for beside it, and above a folder named onnx.
 *
 * @throws RewardModelError `missing-file`; TokenizerError where there is a tokenizer that can't be read.
 */
export async function findModel(path: string, file?: string): Promise<ModelFiles> {
  const found = await stat(path).catch(() => undefined);
  // A server that a browser reads from knows files alone: what holds the usual one is a folder.
  const within = found === undefined || found.isDirectory() ? await usualFile(path, file) : undefined;
  if (found === undefined && within === undefined)
    throw new RewardModelError("missing-file", `there is no reward model ${path}: wanted a folder or an .onnx file`);
  const isFolder = found?.isDirectory() ?? true;
  if (!isFolder && file !== undefined)
    throw new RewardModelError("bad-options", `${path} is a file already: the option file is for a folder with several models`);
  if (!isFolder && !found?.isFile())
    throw new RewardModelError("missing-file", `${path} is a pipe or device: wanted a folder or an .onnx file`);
  const modelPath = isFolder ? (within ?? (await onlyFile(path, file))) : path;
  const directory = basename(dirname(modelPath)) === "onnx" ? dirname(dirname(modelPath)) : dirname(modelPath);
  return { modelPath, isFolder, config: await readModelConfig(directory), tokenizer: await tokenizerIn(directory) };
}

const usualNames = (file: string | undefined): string[] => (file === undefined ? ["model.onnx", "onnx/model.onnx"] : [file]);

async function usualFile(folder: string, file: string | undefined): Promise<string | undefined> {
  for (const name of usualNames(file)) if (await isFile(join(folder, name))) return join(folder, name);
  return undefined;
}

async function onlyFile(folder: string, file: string | undefined): Promise<string> {
  const inner = await readdir(join(folder, "onnx")).catch(() => []);
  const names = [...(await readdir(folder)), ...inner.map((name) => `onnx/${name}`)].filter((name) => name.endsWith(".onnx")).sort();
  if (file === undefined && names.length === 1) return join(folder, names[0]!);
  const wanted = usualNames(file).join(" or ");
  throw new RewardModelError(
    "missing-file",
    names.length === 0
      ? `${folder} has no ${wanted}: export the reward model to ONNX into it (optimum-cli export onnx --task text-classification)`
      : `${folder} has no ${wanted} but ${names.join(", ")}: choose one with the option file`,
  );
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true;
}

async function tokenizerIn(directory: string): Promise<ModelFiles["tokenizer"]> {
  try {
    return await loadTokenizer(directory);
  } catch (error) {
    if (TokenizerError.isInstance(error) && error.code === "missing-file") return undefined;
    throw error;
  }
}
