import { join } from "@cai/whole-file/system";
import { PolicyError } from "../error.ts";
import { readJsonObject } from "../load/read-json.ts";
import type { LoraSettings } from "./lora-settings.ts";
import type { LoraTargets } from "./targets.ts";

export const peftConfigFile = "adapter_config.json";
export const peftWeightsFile = "adapter_model.safetensors";

/** Fields whose value must be one of these where they are given: anything else is another computation than the one here. */
const required: ReadonlyMap<string, readonly unknown[]> = new Map([
  ["peft_type", ["LORA"]],
  ["task_type", ["CAUSAL_LM", null]],
  ["fan_in_fan_out", [true, false]],
]);

/** How an adapter starts, where the model beneath stays what it is. */
const harmlessStarts: readonly unknown[] = [true, false, null, "gaussian", "eva", "orthogonal"];

/** How an adapter starts together with a model beneath that is changed. */
const changingStarts = /^(pissa|olora|corda|loftq|lora_ga)/i;

/** Fields that say nothing about the computation: the probability of dropout, which only training has, is among them. */
const ignored = new Set(
  (
    "auto_mapping base_model_name_or_path corda_config eva_config inference_mode loftq_config lora_dropout lora_ga_config megatron_config " +
    "megatron_core peft_version qalora_group_size revision runtime_config"
  ).split(" "),
);

/** An adapter's configuration, and the base that it names. */
export interface PeftConfig extends LoraSettings {
  readonly base?: string;
  readonly revision?: string;
}

/**
 * `adapter_config.json` of PEFT, as far as it is LoRA on linear layers. Whether base weights are stored transposed (`fan_in_fan_out`) is the
 * base model's to say. Throws PolicyError that names the field for anything else.
 */
export async function readPeftConfig(directory: string): Promise<PeftConfig> {
  const path = join(directory, peftConfigFile);
  const file = await readJsonObject(path);
  if (file === undefined) throw new PolicyError("missing-file", `${path} does not exist: give a folder that PEFT's save_pretrained wrote`);
  const fields = new PeftFields(file.json, path);
  const settings: PeftConfig = {
    rank: fields.positiveInteger("r"),
    alpha: fields.positiveNumber("lora_alpha"),
    targets: fields.targets("target_modules"),
    ...defined({
      excludeModules: fields.names("exclude_modules", true),
      layersToTransform: fields.blocks("layers_to_transform"),
      layersPattern: listOf(fields.names("layers_pattern", true)),
      modulesToSave: listOf(fields.names("modules_to_save", false)),
      rankPattern: fields.pattern("rank_pattern", "positiveInteger"),
      alphaPattern: fields.pattern("alpha_pattern", "positiveNumber"),
      useRslora: fields.flag("use_rslora"),
      useDora: fields.flag("use_dora"),
      loraBias: fields.flag("lora_bias"),
      ensureWeightTying: fields.flag("ensure_weight_tying"),
      bias: fields.bias(),
      base: fields.text("base_model_name_or_path"),
      revision: fields.text("revision"),
    }),
  };
  fields.checkStart();
  fields.checkOthers();
  checkTogether(settings, path);
  return settings;
}

/** Checked reading of the fields; what was read is known. */
class PeftFields {
  readonly #json: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #known = new Set<string>(ignored);

  constructor(json: Readonly<Record<string, unknown>>, path: string) {
    this.#json = json;
    this.#path = path;
  }

  positiveInteger(field: string): number {
    return this.#checked(field, this.#read(field), "positiveInteger");
  }

  positiveNumber(field: string): number {
    return this.#checked(field, this.#read(field), "positiveNumber");
  }

  targets(field: string): LoraTargets {
    const value = this.#read(field);
    if (typeof value !== "string" && !isNames(value))
      throw this.#wrong(field, value, 'a list of names, a regular expression, or "all-linear"');
    return value;
  }

  /** Empty ones count as left out. */
  names(field: string, orText: boolean): LoraTargets | undefined {
    const value = this.#read(field) ?? [];
    if (!(orText && typeof value === "string") && !(isNames(value) && !value.includes("")))
      throw this.#wrong(field, value, orText ? "a list of names, or a text" : "a list of names");
    return value.length === 0 ? undefined : (value as LoraTargets);
  }

  blocks(field: string): readonly number[] | undefined {
    const value = this.#read(field) ?? [];
    const list = Array.isArray(value) ? value : [value];
    if (!list.every((one) => Number.isSafeInteger(one) && one >= 0)) throw this.#wrong(field, value, "numbers of blocks, counted from 0");
    return list.length === 0 ? undefined : list;
  }

  pattern(field: string, kind: "positiveInteger" | "positiveNumber"): readonly (readonly [string, number])[] | undefined {
    const value = this.#read(field) ?? {};
    if (typeof value !== "object" || Array.isArray(value)) throw this.#wrong(field, value, "an object from pattern to number");
    const entries = Object.entries(value as object).map(([pattern, number]) => [pattern, this.#checked(field, number, kind)] as const);
    return entries.length === 0 ? undefined : entries;
  }

  flag(field: string): true | undefined {
    const value = this.#read(field) ?? false;
    if (typeof value !== "boolean") throw this.#wrong(field, value, "true or false");
    return value || undefined;
  }

  bias(): LoraSettings["bias"] {
    const value = this.#read("bias") ?? "none";
    if (value !== "none" && value !== "all" && value !== "lora_only") throw this.#wrong("bias", value, '"none", "all" or "lora_only"');
    return value === "none" ? undefined : value;
  }

  text(field: string): string | undefined {
    const value = this.#read(field);
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  checkStart(): void {
    const value = this.#read("init_lora_weights") ?? null;
    if (harmlessStarts.includes(typeof value === "string" ? value.toLowerCase() : value)) return;
    const reason =
      typeof value === "string" && changingStarts.test(value)
        ? "which changes the base model's weights, so that the adapter fits no other: convert it by PEFT's save_pretrained(…, " +
          "path_initial_model_for_weight_conversion=…)"
        : `supported: ${shown(harmlessStarts)}`;
    throw new PolicyError("unsupported-config", `${this.#path}: init_lora_weights is ${JSON.stringify(value)}, ${reason}`);
  }

  /** What is not known here may only be switched off. */
  checkOthers(): void {
    for (const [field, value] of Object.entries(this.#json)) {
      const allowed = required.get(field);
      if (this.#known.has(field) || (allowed === undefined ? isOff(value) : allowed.includes(value))) continue;
      const supported = allowed === undefined ? "none" : shown(allowed);
      throw new PolicyError("unsupported-config", `${this.#path}: ${field} is ${JSON.stringify(value)}; supported: ${supported}`);
    }
  }

  #read(field: string): unknown {
    this.#known.add(field);
    return Object.hasOwn(this.#json, field) ? this.#json[field] : undefined;
  }

  #checked(field: string, value: unknown, kind: "positiveInteger" | "positiveNumber"): number {
    const isInteger = kind === "positiveInteger";
    if (typeof value !== "number" || !(value > 0) || !(isInteger ? Number.isSafeInteger(value) : Number.isFinite(value)))
      throw this.#wrong(field, value, isInteger ? "a positive integer" : "a positive number");
    return value;
  }

  #wrong(field: string, value: unknown, expected: string): PolicyError {
    return new PolicyError("bad-config", `${this.#path}: ${field} is ${JSON.stringify(value)}, expected ${expected}`);
  }
}

/** Fields that exclude each other in PEFT too. */
function checkTogether({ targets, layersToTransform, layersPattern, loraBias, useDora }: LoraSettings, path: string): void {
  const wrong = (what: string) => new PolicyError("bad-config", `${path}: ${what}`);
  if (typeof targets === "string" && (layersToTransform ?? layersPattern) !== undefined)
    throw wrong("layers_to_transform and layers_pattern go with target_modules that are a list of names");
  if (layersPattern !== undefined && layersToTransform === undefined) throw wrong("layers_pattern goes with layers_to_transform");
  if (loraBias && useDora) throw wrong("lora_bias and use_dora exclude each other");
}

type Defined<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Without the fields that are undefined. */
function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
}

const shown = (values: readonly unknown[]): string => values.map((one) => JSON.stringify(one)).join(", ");

const listOf = (names: LoraTargets | undefined): readonly string[] | undefined => (typeof names === "string" ? [names] : names);

const isOff = (value: unknown): boolean =>
  value === null || value === false || (typeof value === "object" && Object.keys(value).length === 0);

const isNames = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === "string");
