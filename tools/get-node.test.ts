import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runNpm } from "../packages/backend/src/native/npm.mjs";
import { getNode } from "./get-node.mjs";
import { openRegistry } from "./tarballs/registry.ts";

const manifest = { name: "node-any-x64", version: "20.0.0" };

/** A package that stands for npm's of Node, on a registry of the loopback, and npm as it is. */
async function makeRelease() {
  const root = await mkdtemp(join(tmpdir(), "get-node-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "package/bin"), { recursive: true });
  await writeFile(join(root, "package/package.json"), JSON.stringify(manifest));
  await writeFile(join(root, "package/bin/node"), "an executable");
  const file = join(root, "node.tgz");
  execFileSync("tar", ["-czf", file, "-C", root, "package"]);
  const registry = await openRegistry([{ manifest, file }]);
  onTestFinished(() => registry.close());
  let runs = 0;
  const npm: typeof runNpm = (args, options) => {
    runs++;
    return runNpm([...args, "--registry", registry.url, "--cache", join(root, "npm"), "--fetch-retries=0"], options);
  };
  const cache = join(root, "cache");
  const integrity = `sha512-${createHash("sha512")
    .update(await readFile(file))
    .digest("base64")}`;
  return { options: { cache, platform: "any-x64", npm }, integrity, cache, runs: () => runs };
}

const known = (integrity: string) => ({ 20: { version: "20.0.0", integrity: { "any-x64": integrity } } });

test("the executable that is known is installed by npm, once", async () => {
  const { options, integrity, cache, runs } = await makeRelease();
  const file = await getNode(20, { ...options, known: known(integrity) });
  expect(await readFile(file, "utf8")).toBe("an executable");
  expect(await getNode(20, { ...options, known: known(integrity) })).toBe(file);
  expect([runs(), await readdir(cache)]).toEqual([1, ["node-20.0.0"]]);
});

test("one of other bytes is refused by npm, whatever the registry says of it, and nothing of it stays", async () => {
  const { options, cache } = await makeRelease();
  const other = `sha512-${createHash("sha512").update("another").digest("base64")}`;
  await expect(getNode(20, { ...options, known: known(other) })).rejects.toThrow(
    /npm could not bring node-any-x64@20\.0\.0: .*wanted sha512-/,
  );
  expect(await readdir(cache)).toEqual([]);
});

test("one whose hash nobody has written down is not fetched", async () => {
  const { options, runs } = await makeRelease();
  await expect(getNode(20, { ...options, platform: "other-x64", known: known("") })).rejects.toThrow(
    "the hash of node-other-x64@20.0.0 is not known",
  );
  await expect(getNode(21, { ...options, known: known("") })).rejects.toThrow("no Node 21 is known here: name one of 20");
  expect(runs()).toBe(0);
});
