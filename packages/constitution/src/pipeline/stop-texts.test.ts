import { promptFormat } from "@cai/feedback";
import { expect, test } from "vitest";
import { comparisonOf } from "./baseline-stage.ts";
import { onPolicyStage } from "./on-policy-stage.ts";
import { demoParts, tinyConfig, tinyHeldOut, tinyPrompts } from "./pipeline.fixture.ts";
import type { PreparedPipeline } from "./prepared-pipeline.ts";
import type { StageProduct } from "./stage.ts";

const prepared = (more: object = {}): PreparedPipeline => ({
  config: tinyConfig(more),
  out: "unwritten",
  parts: demoParts,
  prompts: tinyPrompts,
  heldOutPrompts: tinyHeldOut,
  constitution: { name: "none", principles: [], examples: [], sha256: "" },
  format: promptFormat("dialogue"),
  policySha256: "",
});
const products = new Map<string, StageProduct>([["reward", { files: {}, summary: {} }]]);

test("where a model goes on with the next speaker's turn, training and comparison end answers at it", () => {
  const { stopTexts } = promptFormat("dialogue");
  expect(stopTexts).not.toEqual([]);
  expect(comparisonOf(prepared())).toMatchObject({ stopTexts });
  expect(onPolicyStage(prepared(), "ppo").inputs(products)).toMatchObject({ options: { stopTexts } });
});

test("a configuration may say otherwise for the training", () => {
  const { inputs } = onPolicyStage(prepared({ grpo: { stopTexts: [] } }), "grpo");
  expect(inputs(products)).toMatchObject({ options: { stopTexts: [] } });
});
