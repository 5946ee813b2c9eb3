import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);

test.each(["docs/ppo.md", "docs/group-trainers.md"])("the files that %s names are there", (page) => {
  const text = readFileSync(new URL(page, root), "utf8");
  const named = [...text.matchAll(/`([a-z-]+\/src\/[^`]+\.ts)`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(new URL(`packages/${path}`, root)))).toEqual([]);
});
