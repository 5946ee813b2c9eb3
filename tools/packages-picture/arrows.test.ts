import { expect, test } from "vitest";
import { arrows } from "./arrows.mjs";

test("what a dependency leads to anyway has no arrow of its own", () => {
  const dependencies = new Map([
    ["trainer", ["loss", "contracts"]],
    ["loss", ["contracts"]],
    ["contracts", []],
  ]);
  expect(arrows(dependencies)).toEqual([
    { from: "trainer", to: "loss" },
    { from: "loss", to: "contracts" },
  ]);
});
