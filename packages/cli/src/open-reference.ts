import { resolve } from "node:path";
import type { PreparedBackend } from "@cai/backend";
import type { DistributedReference } from "@cai/distributed";
import type { CausalPolicy } from "@cai/policy";
import { engineName } from "./open-generator.ts";
import type { TrainSettings } from "./train-settings.ts";

/** What a run's KL is measured against, where workers have it; undefined where the trainer is to make it. The caller disposes of it. */
export async function openReference(
  { workers, out }: Pick<TrainSettings, "workers" | "out">,
  policy: CausalPolicy,
  backend: Pick<PreparedBackend, "kernels">,
): Promise<DistributedReference | undefined> {
  if (!workers?.roles.includes("reference")) return undefined;
  const { DistributedReference } = await import("@cai/distributed");
  const owner = `${resolve(out)} reference`;
  return DistributedReference.create({ redis: workers.redis, policy, owner, engine: engineName("policy", backend) });
}
