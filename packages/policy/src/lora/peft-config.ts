import { join } from "node:path";
import { PolicyError } from "../error.ts";
import { readJsonObject } from "../read-json.ts";
import type { LoraSettings } from "./adapter.ts";
import { type LinearLayer, type LoraTargets, writtenTargets } from "./targets.ts";

export const peftConfigFile = "adapter_config.json";
export const peftWeightsFile = "adapter_model.safetensors";

/** Fields whose value must be one of these where they are given: anything else is another computation than the one here. */
const required: Readonly<Record<string, readonly unknown[]>> = {
  peft_type: ["LORA"],
  task_type: ["CAUSAL_LM", null],
  bias: ["none"],
  lora_dropout: [0],
  init_lora_weights: [true, false, "gaussian"],
  fan_in_fan_out: [true, false],
};

/** Fields that say nothing about the computation. */
const ignored = new Set(
  "auto_mapping base_model_name_or_path inference_mode megatron_config megatron_core peft_version qalora_group_size revision runtime_config".split(
    " ",
  ),
);

/**
 * `adapter_config.json` of PEFT, as far as it is LoRA on linear layers without dropout. Whether base weights are stored transposed
 * (`fan_in_fan_out`) is the base model's to say. Throws PolicyError that names the field for anything else.
 */
export async function readPeftConfig(directory: string): Promise<LoraSettings & { readonly base?: string; readonly revision?: string }> {
  const path = join(directory, peftConfigFile);
  const file = await readJsonObject(path);
  if (file === undefined) throw new PolicyError("missing-file", `${path} does not exist: give a folder that PEFT's save_pretrained wrote`);
  const { r: rank, lora_alpha: alpha, target_modules: targets, ...others } = file.json;
  const wrong = (field: string, value: unknown, expected: string) =>
    new PolicyError("bad-config", `${path}: ${field} is ${JSON.stringify(value)}, expected ${expected}`);
  if (!Number.isSafeInteger(rank) || (rank as number) < 1) throw wrong("r", rank, "a positive integer");
  if (typeof alpha !== "number" || !(alpha > 0)) throw wrong("lora_alpha", alpha, "a positive number");
  if (!isTargets(targets)) throw wrong("target_modules", targets, 'a list of names, a regular expression, or "all-linear"');
  for (const [field, value] of Object.entries(others)) if (!ignored.has(field)) checkField(path, field, value);
  const { base_model_name_or_path: base, revision } = others;
  return { rank: rank as number, alpha, targets, ...(isName(base) && { base }), ...(isName(revision) && { revision }) };
}

/** What is not known here may only be switched off. */
function checkField(path: string, field: string, value: unknown): void {
  const allowed = required[field];
  if (allowed === undefined ? isOff(value) : allowed.includes(value)) return;
  const supported = allowed?.map((one) => JSON.stringify(one)).join(", ") ?? "none";
  throw new PolicyError("unsupported-config", `${path}: ${field} is ${JSON.stringify(value)}; supported: ${supported}`);
}

const isOff = (value: unknown): boolean =>
  value === null || value === false || (typeof value === "object" && Object.keys(value).length === 0);

const isName = (value: unknown): value is string => typeof value === "string" && value !== "";

const isTargets = (value: unknown): value is LoraTargets =>
  typeof value === "string" || (Array.isArray(value) && value.every((one) => typeof one === "string"));

/** An absolute path does not match. */
const hubRevision = /^([\w.-]+(?:\/[\w.-]+)?)@(.+)$/;

/** The text of `adapter_config.json`, with the fields that every version of PEFT knows. */
export function peftConfigText({
  settings: { rank, alpha, targets },
  layers,
  transposed,
  base,
}: {
  readonly settings: LoraSettings;
  readonly layers: readonly LinearLayer[];
  /** Base weights are stored `[in, out]`. */
  readonly transposed: boolean;
  /** What finds the base model again; a revision of the hub's `owner/name@revision` is a field of its own. */
  readonly base: string;
}): string {
  const [, name = base, revision] = hubRevision.exec(base) ?? [];
  const config = {
    base_model_name_or_path: name,
    bias: "none",
    fan_in_fan_out: transposed,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: "LORA",
    r: rank,
    ...(revision !== undefined && { revision }),
    target_modules: writtenTargets(targets, layers),
    task_type: "CAUSAL_LM",
    use_rslora: false,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
