import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { faultsOfTarball } from "./published-forms.ts";

const sound = {
  name: "x",
  version: "1.0.0",
  license: "MIT",
  type: "module",
  files: ["dist"],
  exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
};

async function faultsOf(manifest: object, files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "package/dist"), { recursive: true });
  await writeFile(join(folder, "package/package.json"), JSON.stringify(manifest));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, "package", name), text);
  execFileSync("tar", ["-czf", "x.tgz", "package"], { cwd: folder });
  return faultsOfTarball(join(folder, "x.tgz"));
}

const files = { "dist/index.js": "export const a = 1;\n", "dist/index.d.ts": "export declare const a: number;\n" };

test("an ES module whose package.json names what is there has no fault", async () => {
  expect(await faultsOf(sound, files)).toEqual([]);
});

test("types that are named and not there are a fault of both kinds; CommonJS under import is one", async () => {
  const { "dist/index.d.ts": _, ...withoutTypes } = files;
  const faults = await faultsOf(sound, withoutTypes);
  expect(faults.some((fault) => /^publint: .*index\.d\.ts.*does not exist/.test(fault))).toBe(true);
  expect(faults.some((fault) => fault.startsWith("attw: "))).toBe(true);
  const { type: _module, ...commonJs } = sound;
  expect((await faultsOf(commonJs, files)).length).toBeGreaterThan(0);
});
