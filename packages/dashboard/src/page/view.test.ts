import { expect, test } from "vitest";
import { readView, writeView } from "./view.js";

test("what is chosen survives the address, runs with strange names too", () => {
  const view = { tab: "samples", smoothing: 0.25, log: true, axis: "seconds", runs: ["a/b", "c & d=e#"] } as const;
  expect(readView(writeView(view))).toEqual(view);
  expect(readView(writeView({ ...view, runs: [] })).runs).toEqual([]);
});

test("nothing chosen, or nonsense, is the default", () => {
  const standard = { tab: "charts", smoothing: 0.6, log: false, axis: "steps", runs: undefined };
  for (const hash of ["", "#", "#tab=x&smoothing=2&axis=y", "#smoothing=NaN"]) expect(readView(hash)).toEqual(standard);
});
