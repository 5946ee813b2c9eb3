import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { drawPackages } from "./draw-packages.mjs";

test("docs/packages.svg is drawn from the package.json files as they are: else run node tools/draw-packages.mjs", () => {
  expect(readFileSync(new URL("../docs/packages.svg", import.meta.url), "utf8")).toBe(drawPackages());
});
