import { expect, test } from "vitest";
import { caiSteps, trlSteps } from "./programs.mjs";

const ppo = { batch: 8, prompt: 16, response: 24, epochs: 4 };
const grpo = { batch: 8, prompt: 128, response: 64, epochs: 1, answers: 8 };

test("both programs of a comparison are given the same numbers, and a step more to warm up", () => {
  for (const setting of [ppo, grpo]) {
    const [ours, theirs] = [caiSteps({ ...setting, steps: 5 }), trlSteps("python", { ...setting, steps: 5 })].map(({ args }) =>
      args.join(" "),
    );
    for (const [name, value] of Object.entries({ ...setting, steps: 6 })) {
      expect(ours).toContain(`--${name} ${value} `);
      expect(theirs).toContain(`--${name} ${value} `);
    }
  }
});

test("answers that are compared with each other make it a step of GRPO", () => {
  expect(caiSteps({ ...ppo, steps: 1 }).args.slice(1, 3)).toEqual(["bench", "step"]);
  expect(caiSteps({ ...grpo, steps: 1 }).args.join(" ")).toMatch(/grpo-step\.mjs --model gpt2 --rollout policy /);
  expect(trlSteps("python", { ...ppo, steps: 1 }).args[0]).toMatch(/trl_step\.py$/);
  expect(trlSteps("python", { ...grpo, dropout: "0", steps: 1 }).args.join(" ")).toMatch(/grpo_step\.py .*--dropout 0 /);
});

test("whole steps are measured of the built packages, which is what npm installs", () => {
  for (const setting of [ppo, grpo]) expect(caiSteps({ ...setting, steps: 1 }).args.join(" ")).not.toMatch(/tsx|@cai\/source/);
  expect(caiSteps({ ...ppo, steps: 1 }).args[0]).toMatch(/built-cai\.mjs$/);
});
