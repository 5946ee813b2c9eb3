import type { CausalPolicy } from "@cai/policy";
import { beforeAll, expect, test } from "vitest";
import { answerAsBase, type BaseAnswers } from "./base-answers.ts";
import { comparePolicies } from "./compare-policies.ts";
import { loadTwoPolicies } from "./two-policies.fixture.ts";

const prompts = ["Hello", "The cat sat", "Once upon a time"];
const options = { draws: 2, bestOf: 3, maxNewTokens: 5, seed: 4, batchSize: 2 };
const judge = ({ responses }: { readonly responses: readonly string[] }) => responses.map((text) => text.length);
let policy: CausalPolicy;
let base: CausalPolicy;

beforeAll(async () => {
  ({ policy, base } = await loadTwoPolicies());
});

test("a comparison with the base's answers made before, part by part, is the comparison that asks for them", async () => {
  const first = await answerAsBase({ base, prompts: prompts.slice(0, 2), ...options });
  const rest = await answerAsBase({ base, prompts: prompts.slice(2), firstPrompt: 2, ...options });
  const read: BaseAnswers[] = JSON.parse(JSON.stringify([...first, ...rest]));
  const both = { policy, base, judge, prompts, ...options, resamples: 20 };
  expect(await comparePolicies({ ...both, baseAnswers: read })).toEqual(await comparePolicies(both));
});

test("answers are counted: draws, and a pool to choose from unless nothing is chosen", async () => {
  const counts = async (bestOf: number) => {
    const rows = await answerAsBase({ base, prompts, ...options, bestOf });
    return rows.map(({ answers, pool }) => [answers.length, pool.length]);
  };
  expect(await counts(3)).toEqual([
    [2, 3],
    [2, 3],
    [2, 3],
  ]);
  expect((await counts(1))[0]).toEqual([2, 0]);
});

test.each<[string, (rows: BaseAnswers[]) => BaseAnswers[]]>([
  ["has 2 rows for 3 prompts", (rows) => rows.slice(1)],
  ["has 1 answers in row 1; expected 2", ([row, ...rows]) => [{ ...row!, answers: row!.answers.slice(1) }, ...rows]],
  ["has 0 pool in row 3; expected 3", (rows) => [...rows.slice(0, 2), { ...rows[2]!, pool: [] }]],
])("base answers of other options are refused: %s", async (message, change) => {
  const baseAnswers = change(await answerAsBase({ base, prompts, ...options }));
  await expect(comparePolicies({ policy, base, judge, prompts, baseAnswers, ...options })).rejects.toThrow(message);
});

test("options are checked", async () => {
  await expect(answerAsBase({ base, prompts, bestOff: 2 } as never)).rejects.toThrow("bestOff");
  await expect(answerAsBase({ base, prompts: "Hello" } as never)).rejects.toThrow("expected a list");
});
