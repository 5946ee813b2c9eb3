import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Tokenizer } from "@cai/contracts";
import { loadTokenizer, TokenizerError } from "@cai/tokenizer";
import { RewardModelError } from "./error.ts";

/** Where a reward model's parts were found. */
export interface ModelFiles {
  readonly modelPath: string;
  /** True where the model was named as a folder, false for an .onnx file. */
  readonly isFolder: boolean;
  /** What config.json beside the model says; empty where there is none. */
  readonly config: ModelConfig;
  /** The tokenizer beside the model. */
  readonly tokenizer: (Tokenizer & { readonly modelMaxLength: number | undefined }) | undefined;
}

/** What of config.json matters for scoring. */
interface ModelConfig {
  readonly padTokenId?: number;
  readonly vocabSize?: number;
  /** Tokens that the model has positions for. */
  readonly maxPositions?: number;
  /** Names of the classes, by their index. */
  readonly labels?: readonly string[];
}

/**
 * Finds the model in a folder (model.onnx, onnx/model.onnx, or its only .onnx file), or takes a file; config.json and the tokenizer are
 * looked for beside it, and above a folder named onnx.
 *
 * @throws RewardModelError `missing-file`; TokenizerError where there is a tokenizer that can't be read.
 */
export async function findModel(path: string): Promise<ModelFiles> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new RewardModelError("missing-file", `there is no reward model ${path}: wanted a folder or an .onnx file`);
  const isFolder = found.isDirectory();
  const modelPath = isFolder ? await findModelFile(path) : path;
  const directory = basename(dirname(modelPath)) === "onnx" ? dirname(dirname(modelPath)) : dirname(modelPath);
  return { modelPath, isFolder, config: await readConfig(directory), tokenizer: await tokenizerIn(directory) };
}

async function findModelFile(folder: string): Promise<string> {
  const names = await readdir(folder);
  if (names.includes("model.onnx")) return join(folder, "model.onnx");
  const inner = join(folder, "onnx", "model.onnx");
  if (await stat(inner).catch(() => undefined)) return inner;
  const models = names.filter((name) => name.endsWith(".onnx"));
  if (models.length === 1) return join(folder, models[0]!);
  throw new RewardModelError(
    "missing-file",
    models.length === 0
      ? `${folder} has no model.onnx: export the reward model to ONNX into it`
      : `${folder} has no model.onnx but ${models.join(", ")}: name one of these files instead of the folder`,
  );
}

async function tokenizerIn(directory: string): Promise<ModelFiles["tokenizer"]> {
  try {
    return await loadTokenizer(directory);
  } catch (error) {
    if (TokenizerError.isInstance(error) && error.code === "missing-file") return undefined;
    throw error;
  }
}

async function readConfig(directory: string): Promise<ModelConfig> {
  const path = join(directory, "config.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return {};
  let config: { readonly [key: string]: unknown };
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw new RewardModelError("bad-model", `${path} is not JSON (${(cause as Error).message}): fetch it again`, { cause });
  }
  const number = (...keys: string[]) => keys.map((key) => config[key]).find((value) => typeof value === "number");
  const padTokenId = number("pad_token_id");
  const vocabSize = number("vocab_size");
  const maxPositions = number("max_position_embeddings", "n_positions");
  const names = Object.values((config.id2label ?? {}) as { [index: string]: string });
  return {
    ...(padTokenId === undefined ? {} : { padTokenId }),
    ...(vocabSize === undefined ? {} : { vocabSize }),
    ...(maxPositions === undefined ? {} : { maxPositions }),
    ...(names.length === 0 ? {} : { labels: names }),
  };
}
