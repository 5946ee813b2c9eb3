import { resolve } from "node:path";
import type { PreparedBackend } from "@cai/backend";
import type { Generator } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import { readDraws } from "@cai/run-log";
import { openCoding, openRolloutEngine, type RolloutEngine } from "./rollout-engine.ts";
import type { TrainSettings } from "./train-settings.ts";

type Owned = Generator & { dispose?(): Promise<void> };

/** What writes a run's responses: workers, or an engine here; undefined for the policy itself. The caller disposes of it. */
export async function openGenerator(
  {
    rollout,
    workers,
    rowsPerJob,
    staleness: { staleness, drawsOf },
    out,
  }: Pick<TrainSettings, "rollout" | "workers" | "rowsPerJob" | "staleness" | "out">,
  policy: CausalPolicy,
  backend: Pick<PreparedBackend, "kernels">,
): Promise<Owned | undefined> {
  if (workers?.roles.includes("rollout")) {
    const { DistributedRollouts } = await import("@cai/distributed");
    const { redis, weights } = workers;
    const how = { engine: engineName(rollout, backend), coding: await openCoding(rollout, policy), staleness, ...weights };
    return DistributedRollouts.create({ redis, policy, owner: resolve(out), ...how, ...(rowsPerJob && { rowsPerJob }) });
  }
  const generator = await openRolloutEngine(rollout, policy);
  if (rowsPerJob === undefined) return generator;
  const { recordedRollouts, slicedGenerator } = await import("@cai/distributed");
  const slicing = { generator: generator ?? policy, rowsPerJob };
  const sliced =
    drawsOf === undefined ? slicedGenerator(slicing) : recordedRollouts({ ...slicing, staleness, drawnAfter: await readDraws(drawsOf) });
  return { ...sliced, dispose: async () => generator?.dispose() };
}

/** What learner and worker must have in common to draw the same bits. */
export const engineName = (rollout: RolloutEngine, { kernels }: Pick<PreparedBackend, "kernels">): string =>
  kernels === undefined ? rollout : `${rollout} with kernels ${kernels.level}`;
