import { PolicyError } from "../error.ts";
import { buildParameters } from "../load/build-parameters.ts";
import { modelIdentity } from "../load/model-identity.ts";
import { CausalPolicy } from "../policy.ts";
import { mergedValues } from "./merged-values.ts";

/**
 * A policy without adapter that computes the same: each adapted weight becomes W + scale·B·A, with DoRA at the lengths that it was trained to,
 * and a weight that the adapter replaces is the adapter's. It has weights of its own, to be trained or exported; dispose of both. Where the
 * adapter replaced the output matrix or the embedding of a model that ties them, they are two from here on. Throws PolicyError `bad-option` for
 * a policy that has no adapter.
 *
 * @example
 * const adapted = await loadLora(await loadPolicy("./smollm2"), "./smollm2-lora");
 * const merged = await mergeLora(adapted);
 * adapted.dispose();
 */
export async function mergeLora(policy: CausalPolicy): Promise<CausalPolicy> {
  const { adapter, ...parts } = policy.parts;
  if (adapter === undefined) throw new PolicyError("bad-option", "this policy has no adapter to merge");
  const { parameters, sha256 } = await buildParameters(parts.architecture, {
    where: "the merged policy",
    fill: async ({ name }, values) => values.set(await mergedValues(policy.parts, name)),
  });
  return new CausalPolicy({ ...parts, parameters, identity: modelIdentity("", sha256) });
}
