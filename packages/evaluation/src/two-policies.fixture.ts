import { prepareBackend } from "@cai/backend";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";

/** A tiny base, and a policy that differs from it a little. */
export async function loadTwoPolicies(): Promise<{ policy: CausalPolicy; base: CausalPolicy }> {
  await prepareBackend();
  const [base, policy] = [await loadPolicy(tinyGpt2), await loadPolicy(tinyGpt2)];
  for (const [name, parameter] of policy.parameters) if (name.includes("ln_f")) parameter.assign(tf.mul(parameter.value, 1.3));
  return { policy, base };
}
