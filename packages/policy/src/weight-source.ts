import type { WeightSource } from "@cai/contracts";
import { mergedValues, weightVersion } from "./lora/merged-values.ts";
import type { PolicyParts } from "./policy.ts";

/** The weights of a policy's parts, by Hugging Face's names, with its adapter in them. */
export function weightSource(parts: Pick<PolicyParts, "parameters" | "adapter">): WeightSource {
  return {
    names: [...parts.parameters.keys()],
    shape: (name) => parts.parameters.get(name)!.shape,
    version: (name) => weightVersion(parts, name),
    read: (name) => mergedValues(parts, name),
  };
}
