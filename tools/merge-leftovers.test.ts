import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const documents = ["", "docs", ".changeset", ...readdirSync(join(root, "packages")).map((name) => join("packages", name))].flatMap(
  (folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name)),
);

test("no page holds what a merge left between two versions, also where a formatter has made a table or a quotation of it", () => {
  const leftovers = /^(<{7}|>{7}|={7}$|(?:> ){7}|\| ={7} )/m;
  expect(documents.length).toBeGreaterThan(30);
  expect(documents.filter((path) => leftovers.test(readFileSync(join(root, path), "utf8")))).toEqual([]);
});
