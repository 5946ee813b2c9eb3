import { expect, test } from "vitest";
import measured from "./measured.json" with { type: "json" };
import { reproductions } from "./reproduce.ts";

/** docs/scaling.md tells the largest; above this the simulation would say nothing of this machine. */
const largestError = 1 / 3;

test("the simulation gives the measured rollouts of one worker and of two, within a third", () => {
  const all = reproductions(measured);
  expect(all.map(({ workers }) => workers)).toEqual([1, 2, 1, 2]);
  for (const { error, ...what } of all) expect({ ...what, isNear: Math.abs(error) <= largestError }).toMatchObject({ isNear: true });
});
