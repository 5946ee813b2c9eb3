import { join } from "node:path";
import { buildScoreGraph } from "@cai/onnx-export";
import { type CausalPolicy, mergeLora, modelTextFiles } from "@cai/policy";
import { writeSafetensors } from "@cai/safetensors";
import { wholeFiles } from "@cai/whole-file";
import { classifierConfig } from "./classifier-config.ts";
import { PreferenceError } from "./error.ts";

const files = wholeFiles(PreferenceError);

/** The tokens of a text that a reward model reads at most: as `OnnxRewardModel` finds them in a folder that it was saved to. */
export function longestText({ tokenizer, contextLength }: Pick<CausalPolicy, "tokenizer" | "contextLength">, maxLength: number): number {
  const { modelMaxLength } = tokenizer as { readonly modelMaxLength?: number };
  return Math.min(contextLength, maxLength || (modelMaxLength ?? contextLength));
}

/**
 * Refuses a trunk that can't be saved in the end.
 *
 * @throws PreferenceError `too-large`
 */
export function refuseTooLarge({
  architecture,
}: {
  readonly architecture: Pick<CausalPolicy["parts"]["architecture"], "parameters">;
}): void {
  const numbers = architecture.parameters.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  if (4 * numbers >= 2 ** 31)
    throw new PreferenceError(
      "too-large",
      `the policy's weights take ${((4 * numbers) / 2 ** 30).toFixed(1)} GiB in float32, and the ONNX file that a reward model is saved to holds ` +
        "less than 2: start from a smaller one",
    );
}

/**
 * Writes a reward model as `RewardTrainer.save` says. ONNX and safetensors hold the same numbers: the trunk's weights, an adapter in them, and
 * `score.weight`. `model_max_length` of the tokenizer's configuration says where texts are cut, if that was told.
 *
 * @param score `[H]`.
 */
export async function saveRewardModel({
  directory,
  policy,
  score,
  maxLength,
  int8,
}: {
  readonly directory: string;
  readonly policy: CausalPolicy;
  readonly score: Float32Array;
  /** 0: not told. */
  readonly maxLength: number;
  readonly int8: boolean;
}): Promise<void> {
  if (policy.parts.adapter !== undefined) {
    const merged = await mergeLora(policy);
    try {
      return await saveRewardModel({ directory, policy: merged, score, maxLength, int8 });
    } finally {
      merged.dispose();
    }
  }
  const { architecture } = policy.parts;
  const weights = new Map<string, Float32Array>();
  for (const [name, { value }] of policy.hiddenParameters) weights.set(name, await value.data<"float32">());
  const graph = (quantize: boolean) => buildScoreGraph({ architecture, weights, score, quantize }).toBytes();
  const [float32, quantized] = [graph(false), int8 ? graph(true) : undefined];

  await files.makeFolder(directory);
  await files.write(join(directory, "model.onnx"), float32);
  if (quantized) await files.write(join(directory, "model_quantized.onnx"), quantized);
  else await files.remove(join(directory, "model_quantized.onnx"));
  const shapes = new Map([["score.weight", [1, score.length]], ...[...policy.hiddenParameters].map(([name, { shape }]) => [name, shape] as const)]); // biome-ignore format: a line
  await writeSafetensors(join(directory, "model.safetensors"), {
    entries: [...shapes.keys()].sort().map((name) => ({ name, dtype: "F32", shape: shapes.get(name)! })),
    data: async (name) => (name === "score.weight" ? score : weights.get(name)!) as Float32Array<ArrayBuffer>,
  });
  for (const [name, text] of textFiles(policy, maxLength)) await files.write(join(directory, name), text);
}

function textFiles({ parts }: CausalPolicy, maxLength: number): ReadonlyMap<string, string> {
  const { padTokenId, eosTokenId } = parts.tokenizer;
  const texts = new Map(modelTextFiles(parts, classifierConfig(parts.config, padTokenId ?? eosTokenId)));
  texts.delete("generation_config.json");
  if (maxLength > 0) {
    const tokenizerConfig = JSON.parse(texts.get("tokenizer_config.json") ?? "{}");
    texts.set("tokenizer_config.json", `${JSON.stringify({ ...tokenizerConfig, model_max_length: maxLength }, undefined, 2)}\n`);
  }
  return texts;
}
