import { type Generation, type Generator, joinKept, type Tokenizer } from "@cai/contracts";
import { rightPadded } from "@cai/testing";
import { expect, test } from "vitest";
import { rollOut } from "./rollout.ts";

const generation: Generation = {
  responses: rightPadded([
    [1, 2],
    [3, 4],
    [5, 6],
  ]),
  behaviourLogprobs: new Float32Array(6),
  finishReasons: ["eos", "stop", "length"],
};
const generating = (given: Generation): Generator => ({ generate: async () => given });
const tokenizer = { decode: (ids: ArrayLike<number>) => Array.from(ids).join(" ") } as unknown as Tokenizer;
const prompts = ["a", "b", "c"].map((text, index) => ({ text, ids: Int32Array.of(index) }));
const sampling = { draws: { seed: 7, stream: "test", step: 0 }, maxNewTokens: 2 };

test("texts end before the end of text and before a stop token, and are whole where they were cut", async () => {
  const rollout = await rollOut(generating(generation), tokenizer, prompts, sampling);
  expect(rollout.responseTexts).toEqual(["1", "3", "5 6"]);
  expect(rollout).toMatchObject(generation);
});

test("a stop text ends its row, and is kept from the generator; one that can't be found is refused before anything is drawn", async () => {
  const asked: object[] = [];
  const generator: Generator = {
    async generate(_, drawing) {
      asked.push(drawing);
      return generation;
    },
  };
  const words = { ...tokenizer, encode: () => new Int32Array() };
  const rollout = await rollOut(generator, words, prompts, { ...sampling, stopTexts: ["5"] });
  expect(rollout.responseTexts).toEqual(["1", "3", ""]);
  expect([...rollout.responses.mask]).toEqual([1, 1, 1, 1, 1, 0]);
  expect(rollout.finishReasons).toEqual(["eos", "stop", "stop"]);
  expect(asked).toEqual([sampling]);
  await expect(rollOut(generator, words, prompts, { ...sampling, stopTexts: [""] })).rejects.toThrow("stopTexts[0]");
  expect(asked).toHaveLength(1);
});

test.each<[Partial<Generation>, string]>([
  [{ finishReasons: ["eos"] }, "1 finish reasons for 3 rows"],
  [{ behaviourLogprobs: new Float32Array(5) }, "5 behaviour log-probabilities; expected 6"],
  [{ keptTokens: joinKept([Int32Array.of(1)]) }, "2 offsets of kept tokens; expected 7"],
  [{ responses: rightPadded([[1], [2]]) }, "2 responses to 3 prompts"],
  [{ responses: rightPadded([[1, 2], [], [3]]) }, "an empty response in row 2"],
])("%o is refused", async (wrong, message) => {
  await expect(rollOut(generating({ ...generation, ...wrong }), tokenizer, prompts, sampling)).rejects.toThrow(message);
});
