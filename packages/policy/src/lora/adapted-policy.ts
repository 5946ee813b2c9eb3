import { createHash } from "node:crypto";
import { createParameter } from "@cai/kernels";
import { PolicyError } from "../error.ts";
import { CausalPolicy } from "../policy.ts";
import { sharingTensor } from "../sharing-tensor.ts";
import type { LoraAdapter } from "./adapter.ts";

/** The same weights, frozen and shared, with an adapter on them. `source` names where the adapter came from. */
export function adaptedPolicy(policy: CausalPolicy, adapter: LoraAdapter, source: string): CausalPolicy {
  const parameters = new Map(
    [...policy.parts.parameters].map(([name, { layer, value }]) => [
      name,
      createParameter({ name, layer, value: sharingTensor(value), trainable: false }),
    ]),
  );
  const { alpha, rank } = adapter.settings;
  const sha256 = createHash("sha256")
    .update(`${policy.identity.sha256} ${alpha / rank} ${adapter.sha256}`)
    .digest("hex");
  return new CausalPolicy({ ...policy.parts, parameters, adapter: { lora: adapter, identity: { source, sha256 } } });
}

/** Throws PolicyError `bad-option` for a policy that has an adapter. */
export function refuseAdapted(policy: CausalPolicy): void {
  if (policy.parts.adapter !== undefined)
    throw new PolicyError("bad-option", "this policy has an adapter already, and takes one only: merge it first (mergeLora)");
}
