#!/usr/bin/env node
// @ts-check
// Writes the bill of materials of the published packages, in CycloneDX, as npm makes it of package-lock.json: node tools/release/sbom.mjs
// --out sbom.cdx.json
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { npmReason, runNpm } from "../../packages/backend/src/native/npm.mjs";
import { faultsOf, releaseBom } from "./release-bom.mjs";

const root = new URL("../../", import.meta.url);
const readJson = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(path, root), "utf8"));

/** @param {string} message @returns {never} */
function end(message) {
  console.error(message);
  process.exit(1);
}

const { out = "sbom.cdx.json" } = parseArgs({ options: { out: { type: "string" } } }).values;
const result = await runNpm(["sbom", "--sbom-format=cyclonedx", "--sbom-type=library", "--package-lock-only"], {
  cwd: fileURLToPath(root),
});
if (!result.ok) end(`npm made no bill of materials: ${npmReason(result.stderr)}`);

const { packages } = readJson("package-lock.json");
const published = readdirSync(new URL("packages/", root))
  .map((folder) => `packages/${folder}`)
  .filter((path) => readJson(`${path}/package.json`).private !== true);
const bom = releaseBom(JSON.parse(result.stdout), { packages, published });
const faults = faultsOf(bom, { packages, published });
if (faults.length > 0) end(`the bill of materials is wrong:\n${faults.join("\n")}`);
writeFileSync(out, `${JSON.stringify(bom, null, 2)}\n`);
console.log(
  `${out}: CycloneDX ${bom.specVersion}, ${published.length} packages and ${bom.components.length - published.length} that they need`,
);
