import type { LoraSettings } from "./lora-settings.ts";
import { type LinearLayer, writtenTargets } from "./targets.ts";

/** An absolute path does not match. */
const hubRevision = /^([\w.-]+(?:\/[\w.-]+)?)@(.+)$/;

/** The text of `adapter_config.json`, with the fields that every version of PEFT knows, and others only where they are in use. */
export function peftConfigText({
  settings,
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
  const { rankPattern, alphaPattern, useDora, loraBias, ensureWeightTying, excludeModules, layersToTransform, layersPattern } = settings;
  const config = {
    ...(alphaPattern && { alpha_pattern: Object.fromEntries(alphaPattern) }),
    base_model_name_or_path: name,
    bias: settings.bias ?? "none",
    ...(ensureWeightTying && { ensure_weight_tying: true }),
    ...(excludeModules && { exclude_modules: excludeModules }),
    fan_in_fan_out: transposed,
    inference_mode: true,
    init_lora_weights: true,
    ...(layersPattern && { layers_pattern: layersPattern }),
    ...(layersToTransform && { layers_to_transform: layersToTransform }),
    lora_alpha: settings.alpha,
    ...(loraBias && { lora_bias: true }),
    lora_dropout: 0,
    modules_to_save: settings.modulesToSave ?? null,
    peft_type: "LORA",
    r: settings.rank,
    ...(rankPattern && { rank_pattern: Object.fromEntries(rankPattern) }),
    ...(revision !== undefined && { revision }),
    target_modules: writtenTargets(settings.targets, layers),
    task_type: "CAUSAL_LM",
    ...(useDora && { use_dora: true }),
    use_rslora: settings.useRslora ?? false,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
