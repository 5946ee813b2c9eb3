import { PolicyError } from "../error.ts";
import type { ConfigFields } from "./config-fields.ts";

/**
 * Refuses a model some of whose layers see `sliding_window` tokens only, where its context is longer: within the window every token sees all
 * before it, as here; beyond it does not. Throws PolicyError.
 *
 * @param absent what no word on the window means
 */
export function refuseShortWindow(config: ConfigFields, absent: number): void {
  const window = config.positiveInteger("sliding_window", absent);
  const context = config.positiveInteger("max_position_embeddings");
  if (window < context)
    throw new PolicyError(
      "unsupported-config",
      `${config.file}: sliding_window is ${window} and max_position_embeddings ${context}: attention windows are not supported; ` +
        `for texts within the window set max_position_embeddings to ${window}`,
    );
}

/** As {@link refuseShortWindow}, for Qwen's models: their window is off unless `use_sliding_window` turns it on for some layer. */
export function refuseShortQwenWindow(config: ConfigFields): void {
  if (config.flag("use_sliding_window") && config.json.sliding_window !== null && someLayerHasWindow(config))
    refuseShortWindow(config, 4096);
}

/** As transformers: by the kinds of the layers where they are listed, or else in those from `max_window_layers` on. */
function someLayerHasWindow(config: ConfigFields): boolean {
  const { layer_types: types, max_window_layers: from = 28 } = config.json;
  if (Array.isArray(types)) return types.includes("sliding_attention");
  return typeof from !== "number" || from < config.layerCount("num_hidden_layers");
}
