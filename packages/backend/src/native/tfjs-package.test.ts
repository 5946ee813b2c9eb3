import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "./temporary-folder.fixture.ts";
import { findTfjsPackage, packageName } from "./tfjs-package.mjs";

test("the project's own tfjs-node is found first", async () => {
  const project = await temporaryFolder();
  for (const gpu of [false, true]) {
    const directory = join(project, "node_modules", packageName(gpu));
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "package.json"), JSON.stringify({ version: gpu ? "4.22.0" : "4.21.0" }));
    expect(findTfjsPackage({ gpu, project })).toEqual({ directory, version: gpu ? "4.22.0" : "4.21.0" });
  }
});
