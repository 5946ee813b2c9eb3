#!/usr/bin/env node
// @ts-check
// Fetches another version of Node from npm into the cache that all clones share, and prints its path: node tools/get-node.mjs 24
import { existsSync, realpathSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory } from "../packages/backend/src/native/cache.mjs";
import { withLock } from "../packages/backend/src/native/lock.mjs";
import { npmReason, runNpm } from "../packages/backend/src/native/npm.mjs";
import { writePinnedProject } from "../packages/backend/src/native/pinned-project.mjs";

/** @typedef {{ version: string, integrity: Readonly<Record<string, string>> }} Release `integrity`: the SHA-512 of npm's package for a platform */

/** The releases that the tests are run on, one of each major version. @type {Readonly<Record<string, Release>>} */
const releases = {
  20: {
    version: "20.20.2",
    integrity: {
      "linux-arm64": "sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==",
      "linux-x64": "sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==",
    },
  },
  22: {
    version: "22.23.3",
    integrity: {
      "linux-arm64": "sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==",
      "linux-x64": "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
    },
  },
  24: {
    version: "24.21.0",
    integrity: {
      "linux-arm64": "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
      "linux-x64": "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    },
  },
};

/**
 * The executable of a major version of Node, from npm's package of its binaries for a platform, which is the one that is known here to the byte.
 * Offline once it is there.
 *
 * @param {number} major
 * @param {{ cache?: string, platform?: string, known?: Readonly<Record<string, Release>>, npm?: typeof runNpm }} [options]
 * @returns {Promise<string>} its path
 */
export async function getNode(
  major,
  { cache = cacheDirectory(), platform = `${process.platform}-${process.arch}`, known = releases, npm = runNpm } = {},
) {
  const release = known[major];
  if (release === undefined) throw new Error(`no Node ${major} is known here: name one of ${Object.keys(known).join(", ")}`);
  const { version, integrity } = release;
  const name = `node-${platform}`;
  if (integrity[platform] === undefined)
    throw new Error(
      `the hash of ${name}@${version} is not known here: add it to tools/get-node.mjs (npm view ${name}@${version} dist.integrity)`,
    );
  const folder = join(cache, `node-${version}`);
  const executable = join("node_modules", name, "bin", "node");
  const file = join(folder, executable);
  await mkdir(cache, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(file)) return;
    const beside = await mkdtemp(`${folder}.installing-`);
    try {
      const packages = { [`node_modules/${name}`]: { version, integrity: integrity[platform] } };
      await writePinnedProject(beside, { dependencies: { [name]: version }, packages });
      const result = await npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: beside });
      if (!result.ok) throw new Error(`npm could not bring ${name}@${version}: ${npmReason(result.stderr)}`);
      if (!existsSync(join(beside, executable))) throw new Error(`${name}@${version} holds no ${executable}`);
      await rm(folder, { recursive: true, force: true });
      await rename(beside, folder);
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
  });
  return file;
}

if (realpathSync(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
  try {
    console.log(await getNode(Number(process.argv[2])));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
