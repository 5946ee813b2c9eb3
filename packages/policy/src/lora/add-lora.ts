import { uniforms } from "@cai/random";
import { PolicyError } from "../error.ts";
import type { CausalPolicy } from "../policy.ts";
import { adaptedPolicy, refuseAdapted } from "./adapted-policy.ts";
import { LoraAdapter } from "./adapter.ts";
import { type AdapterTensor, adapterTensors } from "./adapter-tensors.ts";
import type { LoraSettings } from "./lora-settings.ts";
import type { LoraTargets } from "./targets.ts";

/**
 * The policy with a new adapter on its linear layers, which alone is trained: `parameters`, gradients, optimizer moments, checkpoints and
 * `save` are the adapter's. It starts as PEFT's does (A uniform in ±1/√in, B zeros), so that it first gives what the policy gives;
 * `createReference()` is the policy without it. Both share one copy of the weights, and each is disposed of on its own.
 *
 * `alpha` (the update is scaled by alpha / rank) is 2 · rank unless given; A is a function of `seed` and the layer's name alone.
 *
 * Throws PolicyError for a rank or alpha out of its bounds, targets that match no linear layer, and a policy that has an adapter.
 *
 * @example
 * const base = await loadPolicy("./gpt2");
 * const policy = addLora(base, { rank: 8, targets: ["c_attn"] });
 * base.dispose();
 */
export function addLora(
  policy: CausalPolicy,
  {
    rank,
    alpha = 2 * rank,
    targets = "all-linear",
    seed = 0,
  }: { readonly rank: number; readonly alpha?: number; readonly targets?: LoraTargets; readonly seed?: number },
): CausalPolicy {
  refuseAdapted(policy);
  if (!Number.isSafeInteger(rank) || rank < 1)
    throw new PolicyError("bad-option", `LoRA: rank is ${rank}, expected a positive integer such as 8`);
  if (!(alpha > 0 && Number.isFinite(alpha)))
    throw new PolicyError("bad-option", `LoRA: alpha is ${alpha}, expected a positive number such as ${2 * rank}`);
  const settings: LoraSettings = { rank, alpha, targets };
  const { architecture, config } = policy.parts;
  const tensors = adapterTensors({ architecture, widened: architecture, settings, where: "LoRA" });
  const adapter = new LoraAdapter({
    tensors,
    settings,
    layout: architecture.linearLayout,
    values: (tensor) => initialValues(tensor, seed),
  });
  const source = `${policy.identity.source} with LoRA of rank ${rank}, alpha ${alpha}, seed ${seed}`;
  return adaptedPolicy(policy, { architecture, config }, adapter, source);
}

/** As torch's `kaiming_uniform_(A, a=√5)`, the start of its own linear layers: U(−1/√in, 1/√in). */
function initialValues({ name, role, shape }: AdapterTensor, seed: number): Float32Array {
  const [rows, columns] = shape as readonly [number, number];
  if (role === "B") return new Float32Array(rows * columns);
  const bound = 1 / Math.sqrt(columns);
  return Float32Array.from(uniforms({ seed, stream: `lora/${name}`, counters: [], count: rows * columns }), (u) => (2 * u - 1) * bound);
}
