#!/usr/bin/env node
// @ts-check
// Before packages are published: writes into each package.json where it comes from, the repository that GitHub Actions runs for, and makes the
// links of each README lead there.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { readmeWithOrigin, withOrigin } from "./origin.mjs";

const repository = process.env.GITHUB_REPOSITORY;
if (repository === undefined || !/^[\w.-]+\/[\w.-]+$/.test(repository)) {
  console.error(`GITHUB_REPOSITORY is ${repository ?? "not set"}: expected owner/name`);
  process.exit(2);
}
const packages = new URL("../../packages/", import.meta.url);
for (const folder of readdirSync(packages)) {
  const file = new URL(`${folder}/package.json`, packages);
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  if (manifest.private === true) continue;
  writeFileSync(file, `${JSON.stringify(withOrigin(manifest, { folder, repository }), null, 2)}\n`);
  const readme = new URL(`${folder}/README.md`, packages);
  writeFileSync(readme, readmeWithOrigin(readFileSync(readme, "utf8"), { folder, repository }));
}
console.log(`packages name https://github.com/${repository}`);
