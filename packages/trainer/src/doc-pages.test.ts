import { existsSync, readFileSync } from "node:fs";
import { repositoryPath } from "@cai/testing";
import { expect, test } from "vitest";

test.each(["docs/ppo.md", "docs/group-trainers.md", "docs/sft.md"])("the files that %s names are there", (page) => {
  const text = readFileSync(repositoryPath(page), "utf8");
  const named = [...text.matchAll(/`([a-z-]+\/src\/[^`]+\.ts)`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(repositoryPath(`packages/${path}`)))).toEqual([]);
});
