import { expect, test } from "vitest";
import measured from "./measured.json" with { type: "json" };
import { reproductions } from "./reproduce.ts";

/** What docs/scaling.md says of the simulation's error. */
const largestError = 0.2;

test("the simulation gives the measured rollouts of one worker and of two, as near as the page says", () => {
  const all = reproductions(measured);
  expect(all.map(({ workers }) => workers)).toEqual([1, 2, 1, 2]);
  for (const { error, ...what } of all) expect({ ...what, isNear: Math.abs(error) <= largestError }).toMatchObject({ isNear: true });
});
