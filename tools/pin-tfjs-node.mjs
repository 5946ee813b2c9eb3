#!/usr/bin/env node
// @ts-check
// Writes the packages that @cai/backend installs tfjs-node from, as package-lock.json has them, each with its hash. After an upgrade of
// tfjs-node: node tools/pin-tfjs-node.mjs <SHA-512 of tfjs-node-gpu, as npm view @tensorflow/tfjs-node-gpu dist.integrity prints it>
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = new URL("../packages/backend/src/native/tfjs-node-packages.json", import.meta.url);

/** @typedef {{ version: string, integrity?: string, dependencies?: Record<string, string>, bin?: object, engines?: object }} Locked */

/**
 * tfjs-node and what it requires beside TensorFlow.js, at their paths in the lock.
 *
 * @param {Readonly<Record<string, Locked>>} packages of a package-lock.json
 * @returns {{ own: Locked, others: Record<string, Locked> }}
 */
export function pinnedPackages(packages) {
  const name = "node_modules/@tensorflow/tfjs-node";
  /** @type {Set<string>} */
  const paths = new Set();
  const add = (/** @type {string} */ path) => {
    if (paths.has(path)) return;
    paths.add(path);
    const needs = Object.keys(packages[path]?.dependencies ?? {}).filter((needed) => needed !== "@tensorflow/tfjs");
    for (const needed of needs) add(resolve(packages, path, needed));
  };
  add(name);
  const { [name]: own, ...others } = Object.fromEntries([...paths].sort().map((path) => [path, entryOf(packages[path])]));
  if (own === undefined) throw new Error("package-lock.json has no tfjs-node");
  return { own, others };
}

/** What npm needs to install it. @param {Locked | undefined} locked @returns {Locked} */
function entryOf(locked) {
  if (locked?.integrity === undefined) throw new Error("a package of tfjs-node has no hash in package-lock.json");
  const { version, integrity, dependencies } = locked;
  return { version, integrity, ...(dependencies && { dependencies }) };
}

/**
 * The path that a package resolves another by.
 *
 * @param {Readonly<Record<string, Locked>>} packages
 * @param {string} from
 * @param {string} name
 */
function resolve(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const path = `${at && `${at}/`}node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (at === "") throw new Error(`${from} needs ${name}, which package-lock.json has not`);
  }
}

if (realpathSync(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
  const { packages } = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
  const { own, others } = pinnedPackages(packages);
  const [, , integrity] = process.argv;
  if (!/^sha512-/.test(integrity ?? "")) throw new Error("give the SHA-512 of tfjs-node-gpu: npm view @tensorflow/tfjs-node-gpu dist.integrity");
  const names = { "@tensorflow/tfjs-node": own, "@tensorflow/tfjs-node-gpu": { ...own, integrity } };
  writeFileSync(file, `${JSON.stringify({ own: names, others }, null, 2)}\n`);
  console.log(`${Object.keys(others).length} packages and tfjs-node ${own.version} are pinned`);
}
