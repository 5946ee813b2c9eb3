import { describe, expect, expectTypeOf, test } from "vitest";
import { combineRewards } from "./combine-rewards.ts";
import { requestOf } from "./fixtures/request.ts";
import { functionReward } from "./function-reward.ts";
import type { ModuleReward, ScoreFunction } from "./index.ts";

const request = requestOf(["a", "bcd"]);

describe("the most natural rewards are functions as they stand, with types for their parameters", () => {
  test.each([
    ["numbers at once", functionReward(({ responses }) => responses.map((text) => text.length))],
    ["numbers later", functionReward(async ({ responses }) => responses.map((text) => text.length))],
    ["a typed array", functionReward(({ responses }) => Float64Array.from(responses, (text) => text.length))],
    ["a typed array later", functionReward(async ({ responses }) => Float32Array.from(responses, (text) => text.length))],
    [
      "a part of a combination",
      combineRewards([{ model: async ({ responses }) => responses.map((text) => text.length), weight: 1, name: "length" }]),
    ],
  ])("%s", async (_, reward) => {
    expect(await reward.score(request)).toEqual(Float32Array.of(1, 3));
  });

  test("a module's default export", () => {
    const mere = (({ responses }) => responses.map((text) => text.length)) satisfies ModuleReward;
    const object = {
      score: async ({ responses }, { signal }) => responses.map((text) => text.length + Number(signal?.aborted ?? 0)),
      dispose() {},
    } satisfies ModuleReward;
    expectTypeOf(mere).toExtend<ScoreFunction>();
    expectTypeOf(object.score).toExtend<ScoreFunction>();
  });
});

test("what gives no numbers is a type error", () => {
  // @ts-expect-error texts are no scores
  functionReward(({ responses }) => responses);
  // @ts-expect-error nor is a single number
  functionReward(async ({ responses }) => responses.length);
  // @ts-expect-error nor are big integers
  functionReward(({ responses }) => BigInt64Array.from(responses, (text) => BigInt(text.length)));
  // @ts-expect-error a request has no such field
  functionReward(({ answers }) => answers);
  // @ts-expect-error a module exports a function or an object with score
  expectTypeOf<{ rate: ScoreFunction }>().toExtend<ModuleReward>();
});
