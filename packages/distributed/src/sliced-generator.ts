import type { DrawnToken, Generation, Generator } from "@cai/contracts";
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
      const { onToken, ...how } = sampling;
      const drawn: Generation[] = [];
      let first = 0;
      for (const slice of sliceRows(prompts, how, rowsPerJob)) {
        const before = first;
        const told = onToken && { onToken: (token: DrawnToken) => onToken({ ...token, row: before + token.row }) };
        drawn.push(await generator.generate(slice.prompts, { ...slice.sampling, ...told }));
        first += slice.prompts.shape[0];
      }
      return joinGenerations(drawn);
    },
  };
}
