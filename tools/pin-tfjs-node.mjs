#!/usr/bin/env node
// @ts-check
// Writes the packages that @cai/backend installs tfjs-node from, as package-lock.json has them, each with its hash. After an upgrade of
// tfjs-node: node tools/pin-tfjs-node.mjs <SHA-512 of tfjs-node-gpu, as npm view @tensorflow/tfjs-node-gpu dist.integrity prints it>
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { neededBy } from "./release/lock-graph.mjs";

const file = new URL("../packages/backend/src/native/tfjs-node-packages.json", import.meta.url);

/** @typedef {import("./release/lock-graph.mjs").LockedPackages} LockedPackages */
/** @typedef {{ version: string, integrity: string, dependencies?: Readonly<Record<string, string>> }} Pinned */

/**
 * tfjs-node and what it requires beside TensorFlow.js, at their paths in the lock.
 *
 * @param {LockedPackages} packages of a package-lock.json
 * @returns {{ own: Pinned, others: Record<string, Pinned> }}
 */
export function pinnedPackages(packages) {
  const path = "node_modules/@tensorflow/tfjs-node";
  const { "node_modules/@tensorflow/tfjs": _, ...others } = packages;
  const paths = [...neededBy(others, [path]).keys()].sort();
  const { [path]: own, ...required } = Object.fromEntries(paths.map((path) => [path, pin(packages, path)]));
  return { own: /** @type {Pinned} */ (own), others: required };
}

/** What npm needs to install it. @param {LockedPackages} packages @param {string} path @returns {Pinned} */
function pin(packages, path) {
  const { version, integrity, dependencies } = packages[path] ?? {};
  if (version === undefined || integrity === undefined) throw new Error(`${path} has no hash in package-lock.json`);
  return { version, integrity, ...(dependencies && { dependencies }) };
}

if (realpathSync(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
  const { packages } = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
  const { own, others } = pinnedPackages(packages);
  const [, , integrity] = process.argv;
  if (!/^sha512-/.test(integrity ?? ""))
    throw new Error("give the SHA-512 of tfjs-node-gpu: npm view @tensorflow/tfjs-node-gpu dist.integrity");
  const names = { "@tensorflow/tfjs-node": own, "@tensorflow/tfjs-node-gpu": { ...own, integrity } };
  writeFileSync(file, `${JSON.stringify({ own: names, others }, null, 2)}\n`);
  console.log(`${Object.keys(others).length} packages and tfjs-node ${own.version} are pinned`);
}
