import type { Generator } from "@cai/contracts";
import { joinGenerations, sliceRows } from "./slice-rows.ts";

/**
 * Draws here what workers draw there: slice by slice, so that a run on one machine gives the bytes of one on workers also where an engine's last
 * bits depend on how many rows are read at once.
 *
 * @throws DistributedError `bad-option`, when it draws.
 *
 * @example
 * const trainer = await PPOTrainer.create({ policy, rewardModel, generator: slicedGenerator({ generator: policy, rowsPerJob: 8 }) });
 */
export function slicedGenerator({ generator, rowsPerJob }: { readonly generator: Generator; readonly rowsPerJob: number }): Generator {
  return {
    drawsAsPolicy: "parameters" in generator || generator.drawsAsPolicy === true, // a policy draws as itself
    async generate(prompts, sampling) {
      const drawn = [];
      for (const slice of sliceRows(prompts, sampling, rowsPerJob)) drawn.push(await generator.generate(slice.prompts, slice.sampling));
      return joinGenerations(drawn);
    },
  };
}
