import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import measured from "./measured.json" with { type: "json" };
import { filledPage } from "./page.ts";

const docs = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");

test("the page's tables and its picture are what the simulation gives for what was measured", { timeout: 120_000 }, () => {
  const { page, picture } = filledPage(measured);
  expect(page).toBe(docs("scaling.md"));
  expect(picture).toBe(docs("scaling-workers.svg"));
});
