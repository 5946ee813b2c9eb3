#!/usr/bin/env node
// @ts-check
// Writes the bill of materials of the published packages, in CycloneDX, as npm makes it of package-lock.json, and holds it against the lock:
// node tools/release/sbom.mjs --out sbom.cdx.json
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { npmReason, runNpm } from "../../packages/backend/src/native/npm.mjs";
import { faultsOf } from "./check-bom.mjs";

const root = new URL("../../", import.meta.url);
const readJson = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(path, root), "utf8"));

/** @param {string} message @returns {never} */
function end(message) {
  console.error(message);
  process.exit(1);
}

const { out = "sbom.cdx.json" } = parseArgs({ options: { out: { type: "string" } } }).values;
const args = ["sbom", "--sbom-format=cyclonedx", "--sbom-type=library", "--omit=dev", "--package-lock-only"];
const result = await runNpm(args, { cwd: fileURLToPath(root) });
if (!result.ok) end(`npm made no bill of materials: ${npmReason(result.stderr)}`);
const bom = JSON.parse(result.stdout);

/** @type {[string, { version?: string, dev?: boolean, devOptional?: boolean, integrity?: string }][]} */
const locked = Object.entries(readJson("package-lock.json").packages);
const idsOf = (/** @type {typeof locked} */ entries) =>
  entries.map(([path, { version }]) => `${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)}@${version}`);
const needed = new Set(idsOf(locked.filter(([, { dev }]) => dev !== true)));
const manifests = readdirSync(new URL("packages/", root)).map((folder) => readJson(`packages/${folder}/package.json`));
const faults = faultsOf(bom, {
  published: manifests.filter((manifest) => manifest.private !== true).map(({ name }) => name),
  unpublished: new Set(idsOf(locked.filter(([, { dev }]) => dev === true)).filter((id) => !needed.has(id))),
  unhashed: new Set(idsOf(locked.filter(([, { integrity }]) => integrity === undefined))),
});
if (faults.length > 0) end(`the bill of materials is wrong:\n${faults.join("\n")}`);
writeFileSync(out, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${out}: CycloneDX ${bom.specVersion}, ${bom.components.length} components, of which ${manifests.length} of this repository`);
