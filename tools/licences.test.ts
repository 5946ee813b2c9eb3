import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

test.each(readdirSync(`${root}packages`))("%s carries the licence of the repository", (name) => {
  expect(readFileSync(`${root}packages/${name}/LICENSE`, "utf8")).toBe(readFileSync(`${root}LICENSE`, "utf8"));
  expect(JSON.parse(readFileSync(`${root}packages/${name}/package.json`, "utf8")).license).toBe("MIT");
});
