// @ts-check
// Draws docs/packages.svg from the packages' package.json files: node tools/draw-packages.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { packageRows } from "./package-rows.mjs";
import { arrows } from "./packages-picture/arrows.mjs";
import { picture } from "./packages-picture/picture.mjs";

const file = new URL("../docs/packages.svg", import.meta.url);

/** The picture as it is to be. */
export function drawPackages() {
  const dependencies = new Map(packageRows.flat().map((name) => [name, importsOf(name)]));
  return picture(packageRows, arrows(dependencies));
}

/** @param {string} name @returns {string[]} */
function importsOf(name) {
  const manifest = JSON.parse(readFileSync(new URL(`../packages/${name}/package.json`, import.meta.url), "utf8"));
  const all = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies });
  return all.filter((one) => one.startsWith("@cai/")).map((one) => one.slice("@cai/".length));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(file, drawPackages());
