import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { installCommand, webGpuCommand } from "./install-command.ts";

test("a global cai installs for itself; in a project, in npx's cache and in a clone npx finds the one that is there", async () => {
  const root = await temporaryFolder();
  for (const place of ["lib", "project"]) await mkdir(join(root, place));
  await writeFile(join(root, "project/package.json"), "{}");
  expect(installCommand(join(root, "lib/node_modules/@cai/cli/node_modules/@cai/backend/dist/index.js"))).toBe("cai backend install");
  expect(installCommand(join(root, "project/node_modules/@cai/backend/dist/index.js"))).toBe("npx @cai/cli backend install");
  expect(installCommand("/home/ada/cai/packages/backend/src/choose.ts")).toBe("npx @cai/cli backend install");
});

test("WebGPU's packages come beside the command: globally, into a project, and with it where npx has it from its cache", async () => {
  const root = await temporaryFolder();
  const packages = "webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0";
  for (const place of ["lib", "project", "_npx/2f6"]) await mkdir(join(root, place), { recursive: true });
  for (const place of ["project", "_npx/2f6"]) await writeFile(join(root, place, "package.json"), "{}");
  const command = (place: string) => webGpuCommand(join(root, place, "node_modules/@cai/backend/dist/index.js"));
  expect(command("lib")).toBe(`npm install -g ${packages}`);
  expect(command("project")).toBe(`npm install ${packages}`);
  expect(command("_npx/2f6")).toBe(`npm install @cai/cli ${packages}`);
});
