import type { CausalPolicy } from "@cai/policy";
import type { NamedCheck } from "../case.ts";
import { compareNumbers, exact } from "../compare.ts";
import { padded, type Rows } from "../golden-json.ts";
import type { ExpectedPolicy } from "./expected.ts";

/** Greedy tokens that go on beyond the end of text, for each prompt alone and for all in one left-padded batch. */
export function greedyCases(policy: CausalPolicy, { greedy }: ExpectedPolicy): NamedCheck[] {
  const { newTokens, prompts, continuations } = greedy;
  return [
    ...prompts.map((prompt, row) => ({
      name: `greedy tokens, prompt ${row + 1} alone`,
      compute: async () => [compareNumbers("tokens", (await continued(policy, [prompt], newTokens)).flat(), continuations[row], exact)],
    })),
    {
      name: "greedy tokens, left-padded batch",
      compute: async () => {
        const rows = await continued(policy, prompts, newTokens);
        return rows.map((tokens, row) => compareNumbers(`row ${row + 1}`, tokens, continuations[row], exact));
      },
    },
  ];
}

/** A policy stops at the end of text; rows that did so are given back to it with what they have, until all are long enough. */
export async function continued(policy: CausalPolicy, prompts: Rows, newTokens: number): Promise<number[][]> {
  const continuations: number[][] = prompts.map(() => []);
  for (;;) {
    const short = [...prompts.keys()].filter((row) => continuations[row]!.length < newTokens);
    if (short.length === 0) return continuations;
    const texts = short.map((row) => [...prompts[row]!, ...continuations[row]!]);
    const maxNewTokens = Math.max(...short.map((row) => newTokens - continuations[row]!.length));
    const draws = { seed: 0, stream: "greedy", step: 0 };
    const { responses } = await policy.generate(padded(texts, "left"), { draws, maxNewTokens, temperature: 0 });
    const [, columns] = responses.shape;
    short.forEach((row, index) => {
      const start = index * columns;
      const drawn = responses.ids.subarray(start, start + columns).filter((_, column) => responses.mask[start + column] === 1);
      continuations[row] = [...continuations[row]!, ...drawn].slice(0, newTokens);
    });
  }
}
