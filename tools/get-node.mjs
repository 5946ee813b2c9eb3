#!/usr/bin/env node
// @ts-check
// Fetches another version of Node from npm into the cache that all clones share, and prints its path: node tools/get-node.mjs 24
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../packages/backend/src/native/cache.mjs";
import { withLock } from "../packages/backend/src/native/lock.mjs";
import { runNpm } from "../packages/backend/src/native/npm.mjs";
import { tellingLine } from "../packages/backend/src/native/run.mjs";

/** The releases that the tests are run on, one of each major version. */
const releases = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0" };

/**
 * The executable of a major version of Node, from npm's package of its binaries for this platform. Offline once it is there.
 *
 * @param {20 | 22 | 24} major
 * @returns {Promise<string>} its path
 */
async function getNode(major) {
  const release = releases[major];
  if (release === undefined) throw new Error(`no Node ${major} is known here: name one of ${Object.keys(releases).join(", ")}`);
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(cacheDirectory(), `node-${release}`);
  const file = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  await mkdir(folder, { recursive: true });
  await withLock(join(folder, "lock"), async () => {
    if (existsSync(file)) return;
    const result = await runNpm(["install", "--prefix", folder, "--ignore-scripts", "--no-save", `${name}@${release}`], { cwd: folder });
    if (!result.ok) throw new Error(`npm could not bring ${name}@${release}: ${tellingLine(result.stderr)}`);
  });
  return file;
}

try {
  console.log(await getNode(/** @type {20 | 22 | 24} */ (Number(process.argv[2]))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
