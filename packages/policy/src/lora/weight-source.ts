import type { WeightSource } from "@cai/contracts";
import { PolicyError } from "../error.ts";
import type { PolicyParts } from "../policy.ts";
import { mergedValues } from "./merged-values.ts";

/** The weights of a policy, with what an adapter makes of them. An update puts another tensor in a parameter's place: its ids make the version. */
export function weightSource(parts: Pick<PolicyParts, "parameters" | "adapter">): WeightSource {
  const { parameters, adapter } = parts;
  const known = (name: string) => {
    const parameter = parameters.get(name);
    if (parameter === undefined) throw new PolicyError("bad-option", `there is no weight named ${name}: ask for one of shapes`);
    return parameter;
  };
  return {
    shapes: new Map([...parameters].map(([name, { shape }]) => [name, shape])),
    version: (name) => [known(name), ...(adapter?.lora.partsOf(name) ?? [])].map(({ value }) => value.id).join(),
    read: async (name) => mergedValues(parts, known(name).name),
  };
}
