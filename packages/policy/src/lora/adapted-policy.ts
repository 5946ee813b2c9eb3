import { sha256 } from "@cai/whole-file/system";
import { PolicyError } from "../error.ts";
import { modelIdentity } from "../load/model-identity.ts";
import { CausalPolicy } from "../policy.ts";
import type { LoraAdapter } from "./adapter.ts";
import { type WidenedModel, widenedParameters } from "./widened-model.ts";

/**
 * The same weights, frozen and shared, with an adapter on them. `model` is the policy's as the adapter needs it; `source` names where the
 * adapter came from.
 */
export function adaptedPolicy(policy: CausalPolicy, model: WidenedModel, adapter: LoraAdapter, source: string): CausalPolicy {
  const { identity } = policy;
  const own = `${adapter.scales.join()} ${adapter.sha256}`;
  const hashed = () => {
    const hash = sha256();
    hash.update(`${identity.sha256} ${own}`);
    return hash.digest();
  };
  return new CausalPolicy({
    ...policy.parts,
    ...model,
    parameters: widenedParameters(policy.parts, model.architecture),
    adapter: { lora: adapter, identity: modelIdentity(source, hashed) },
  });
}

/** Throws PolicyError `bad-option` for a policy that has an adapter. */
export function refuseAdapted(policy: CausalPolicy): void {
  if (policy.parts.adapter !== undefined)
    throw new PolicyError("bad-option", "this policy has an adapter already, and takes one only: merge it first (mergeLora)");
}
