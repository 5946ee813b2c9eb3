import { PolicyError } from "../error.ts";
import { type Llama3Scaling, llama3Scaling } from "../families/rotary-frequencies.ts";
import type { GgufMetadata } from "./metadata.ts";

type Config = Readonly<Record<string, unknown>>;

/** What the published Llama 3.1, 3.2 and 3.3 have beside their factor. */
const published = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };

/**
 * The `rope_scaling` of a configuration, or null. Scaling whose kind a file doesn't name is linear, by a factor that may stand under an
 * older key; 0 means none. That of Llama 3.1 is only there as the divisor of each frequency, `rope_freqs.weight`, which must be those of
 * the published models for some factor.
 */
export async function ggufRopeScaling(metadata: GgufMetadata, theta: number): Promise<Config | null> {
  metadata.require("rope.scaling.attn_factor", 1);
  const kind = metadata.text("rope.scaling.type", "linear");
  const factor = scalingFactor(metadata);
  const isPlain = kind === "none" || factor === 1;
  if (!["none", "linear"].includes(kind) && !(kind === "yarn" && isPlain))
    throw metadata.unsupported(`${metadata.architecture}.rope.scaling.type is ${kind}; supported: none, linear`);
  if (!metadata.file.tensors.has("rope_freqs.weight")) return isPlain ? null : { rope_type: "linear", factor };
  if (!isPlain)
    throw metadata.unsupported(
      `positions are scaled twice: linearly by ${factor}, and by tensor "rope_freqs.weight"; supported: one of them`,
    );

  const stored = await metadata.file.readFloat32("rope_freqs.weight");
  const scaling = { ...published, factor: stored.reduce((most, divisor) => Math.max(most, divisor), 1) };
  const expected = llama3Divisors(scaling, theta, stored.length);
  if (stored.some((divisor, pair) => !(Math.abs(divisor - expected[pair]!) <= 1e-4 * expected[pair]!)))
    throw metadata.unsupported('tensor "rope_freqs.weight" scales positions in another way than Llama 3.1');
  return { rope_type: "llama3", ...scaling };
}

function scalingFactor(metadata: GgufMetadata): number {
  const key = metadata.get("rope.scaling.factor") === undefined ? "rope.scale_linear" : "rope.scaling.factor";
  return metadata.get(key) === 0 ? 1 : metadata.float32(key, 1);
}

/** What `rope_freqs.weight` is to hold for a configuration with Llama 3.1's scaling; undefined for any other. */
export function ggufRopeDivisors(config: Config): Float32Array | undefined {
  const { scaling, theta } = ropeOf(config);
  if (scaling.rope_type !== "llama3") return undefined;
  const headSize = (config.head_dim ?? (config.hidden_size as number) / (config.num_attention_heads as number)) as number;
  return llama3Divisors(scaling as unknown as Llama3Scaling, theta, headSize / 2);
}

/** Where a configuration has its scaling and base, in older files and newer ones; the kind is always `rope_type`. */
export function ropeOf(config: Config): { readonly scaling: Config; readonly theta: number } {
  const given = (config.rope_parameters ?? config.rope_scaling ?? {}) as Config;
  const scaling = { ...given, rope_type: given.rope_type ?? given.type ?? "default" };
  if (!["default", "linear", "llama3"].includes(scaling.rope_type as string))
    throw new PolicyError("unsupported-config", `GGUF files have no words here for the rope_scaling ${String(scaling.rope_type)}`);
  return { scaling, theta: (given.rope_theta ?? config.rope_theta ?? 10_000) as number };
}

/** What each pair's frequency θ^(−i / pairs) is divided by. */
function llama3Divisors(scaling: Llama3Scaling, theta: number, pairs: number): Float32Array {
  const scaled = llama3Scaling(scaling);
  return Float32Array.from({ length: pairs }, (_, pair) => {
    const frequency = theta ** (-pair / pairs);
    return frequency / scaled(frequency);
  });
}
