import { expect, test } from "vitest";
import { readInspectorView, writeInspectorView } from "./inspector-view.js";

test("what was chosen comes back from the address", () => {
  const view = { making: "difference", place: { row: 2, token: 11 }, hidden: ["KL", "value"] } as const;
  expect(writeInspectorView(view)).toBe("#show=difference&sample=3&token=12&hide=KL&hide=value");
  expect(readInspectorView(writeInspectorView(view))).toEqual(view);
});

test("an address that says nothing, or nonsense, shows the first token of the step as it was", () => {
  const first = { making: "original", place: { row: 0, token: 0 }, hidden: [] };
  for (const hash of ["", "#", "#show=x&sample=-3&token=NaN"]) expect(readInspectorView(hash)).toEqual(first);
});
