import { PolicyError } from "../error.ts";
import { ConfigFields } from "./config-fields.ts";

/**
 * Radians a position for each pair of a head's `headSize` numbers, `[headSize / 2]`: base^(−2i / headSize), base = `rope_theta`
 * (default 10000), changed for longer texts as `rope_scaling` says: `default` (or none), `linear` or `llama3`. Newer files have
 * both in `rope_parameters`. Throws PolicyError for other kinds, and for numbers that make no sense.
 */
export function rotaryFrequencies(config: ConfigFields, headSize: number): Float32Array {
  const field = config.json.rope_parameters == null ? "rope_scaling" : "rope_parameters";
  const given = config.json[field] ?? {};
  if (typeof given !== "object" || Array.isArray(given))
    throw new PolicyError("bad-config", `${config.file}: ${field} is ${JSON.stringify(given)}, expected an object or null`);
  const scaling = new ConfigFields(given as Record<string, unknown>, `${config.file}: ${field}`);
  const kindField = scaling.json.rope_type == null ? "type" : "rope_type";
  scaling.require(kindField, "default", "linear", "llama3");
  config.require("partial_rotary_factor", 1);
  scaling.require("partial_rotary_factor", 1);

  const base = scaling.positiveNumber("rope_theta", config.positiveNumber("rope_theta", 10_000));
  const scaled = scalings[(scaling.json[kindField] ?? "default") as keyof typeof scalings](scaling);
  return Float32Array.from({ length: headSize / 2 }, (_, pair) => scaled(base ** ((-2 * pair) / headSize)));
}

const scalings = {
  default: () => (frequency: number) => frequency,

  /** As if every position were `factor` times nearer (Chen et al. 2023, https://arxiv.org/abs/2306.15595). */
  linear: (scaling: ConfigFields) => {
    const factor = scaling.positiveNumber("factor");
    return (frequency: number) => frequency / factor;
  },

  llama3: (scaling: ConfigFields) => {
    const fields = {
      factor: scaling.positiveNumber("factor"),
      low_freq_factor: scaling.positiveNumber("low_freq_factor"),
      high_freq_factor: scaling.positiveNumber("high_freq_factor"),
      original_max_position_embeddings: scaling.positiveInteger("original_max_position_embeddings"),
    };
    const { low_freq_factor: low, high_freq_factor: high } = fields;
    if (high <= low) throw new PolicyError("bad-config", `${scaling.file}: high_freq_factor ${high} must be above low_freq_factor ${low}`);
    return llama3Scaling(fields);
  },
};

/** The fields of a `rope_scaling` of kind `llama3`. */
export interface Llama3Scaling {
  readonly factor: number;
  readonly low_freq_factor: number;
  readonly high_freq_factor: number;
  readonly original_max_position_embeddings: number;
}

/**
 * What Llama 3.1 makes of a frequency: turns that are longer than the context of the first training are stretched by `factor`, those much
 * shorter stay, and what lies between is mixed in proportion (Grattafiori et al. 2024, https://arxiv.org/abs/2407.21783).
 */
export function llama3Scaling(scaling: Llama3Scaling): (frequency: number) => number {
  const { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: context } = scaling;
  return (frequency) => {
    const turns = (context * frequency) / (2 * Math.PI);
    const kept = Math.min(Math.max((turns - low) / (high - low), 0), 1);
    return kept * frequency + ((1 - kept) * frequency) / factor;
  };
}
