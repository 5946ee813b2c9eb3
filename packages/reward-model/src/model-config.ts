import { readTextFile } from "@cai/whole-file";
import { join } from "@cai/whole-file/system";
import { RewardModelError } from "./error.ts";

/** What of a model's config.json matters for scoring. */
export interface ModelConfig {
  /** The model's kind, as transformers names it. */
  readonly modelType: string | undefined;
  readonly padTokenId: number | undefined;
  readonly vocabSize: number | undefined;
  /** Tokens that the model has positions for. */
  readonly maxTokens: number | undefined;
  /** The position of a row's first token. */
  readonly firstPosition: number;
  /** Names of the classes, by their index. */
  readonly labels: readonly (string | undefined)[] | undefined;
  /** Several labels may be right at a time, so that each has a probability of its own. */
  readonly independentLabels: boolean;
}

/** Kinds whose positions begin behind that of their padding token, as RoBERTa's do: as many fewer tokens fit into their table. */
const positionsAfterPadding = new Set([
  "altclip_text_model",
  "bridgetower_text_model",
  "camembert",
  "clap_text_model",
  "data2vec-text",
  "esm",
  "ibert",
  "layoutlmv3",
  "lilt",
  "longformer",
  "luke",
  "markuplm",
  "mpnet",
  "roberta",
  "roberta-prelayernorm",
  "xlm-roberta",
  "xlm-roberta-xl",
  "xmod",
]);

/**
 * Reads config.json; without one nothing is known of the model.
 *
 * @throws RewardModelError `bad-model` for a file that can't be read, or is no JSON object.
 */
export async function readModelConfig(directory: string): Promise<ModelConfig> {
  const path = join(directory, "config.json");
  const text = await readTextFile(path, { within: directory }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return "{}";
    throw new RewardModelError("bad-model", `${path} can't be read: ${cause.message}`, { cause });
  });
  let config: { readonly [key: string]: unknown };
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw new RewardModelError("bad-model", `${path} is not JSON (${(cause as Error).message}): fetch it again`, { cause });
  }
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new RewardModelError("bad-model", `${path} holds no JSON object: fetch it again`);

  const whole = (least: number, ...keys: string[]) =>
    keys.map((key) => config[key]).find((value): value is number => Number.isSafeInteger(value) && (value as number) >= least);
  const vocabSize = whole(1, "vocab_size");
  const padTokenId = whole(0, "pad_token_id");
  const positions = whole(1, "max_position_embeddings", "n_positions", "max_encoder_position_embeddings");
  const firstPosition = firstPositionOf(config, padTokenId);
  return {
    modelType: typeof config.model_type === "string" ? config.model_type : undefined,
    padTokenId: padTokenId !== undefined && padTokenId < (vocabSize ?? Number.POSITIVE_INFINITY) ? padTokenId : undefined,
    vocabSize,
    maxTokens: positions === undefined ? undefined : Math.max(1, positions - firstPosition),
    firstPosition,
    labels: labelsOf(config),
    independentLabels: config.problem_type === "multi_label_classification",
  };
}

function firstPositionOf(config: { readonly [key: string]: unknown }, padTokenId: number | undefined): number {
  const { model_type: kind, position_embedding_type: positions = "absolute" } = config;
  if (kind === "ernie_m") return 2;
  if (typeof kind !== "string" || !positionsAfterPadding.has(kind) || (kind === "esm" && positions !== "absolute")) return 0;
  return (kind === "mpnet" ? 1 : (padTokenId ?? 1)) + 1; // MPNet's is fixed; 1 is the default of all of them
}

function labelsOf({ id2label }: { readonly [key: string]: unknown }): ModelConfig["labels"] {
  if (typeof id2label !== "object" || id2label === null) return undefined;
  const labels: string[] = [];
  for (const [index, name] of Object.entries(id2label))
    if (/^\d{1,6}$/.test(index)) labels[Number(index)] = typeof name === "string" ? name : JSON.stringify(name);
  return labels.length === 0 ? undefined : labels;
}
