import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readReadmeExample } from "../tarballs/readme-example.ts";
import { shortened } from "./shortened.ts";

test("of the README's example only the number of steps changes", () => {
  const { code } = readReadmeExample(fileURLToPath(new URL("../../README.md", import.meta.url)));
  expect(shortened(code!, 2)).toContain("{ steps: 2 }");
  expect(shortened(code!, 2).replace("{ steps: 2 }", "{ steps: 20 }")).toBe(code);
});

test("an example without steps is told, and not run at full length", () => {
  expect(() => shortened("trainer.steps(prompts);", 2)).toThrow("no { steps: … }");
});
