import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { installCommand } from "./install-command.ts";

test("a global cai installs for itself; in a project, in npx's cache and in a clone npx finds the one that is there", async () => {
  const root = await temporaryFolder();
  for (const place of ["lib", "project"]) await mkdir(join(root, place));
  await writeFile(join(root, "project/package.json"), "{}");
  expect(installCommand(join(root, "lib/node_modules/@cai/cli/node_modules/@cai/backend/dist/index.js"))).toBe("cai backend install");
  expect(installCommand(join(root, "project/node_modules/@cai/backend/dist/index.js"))).toBe("npx @cai/cli backend install");
  expect(installCommand("/home/ada/cai/packages/backend/src/choose.ts")).toBe("npx @cai/cli backend install");
});
