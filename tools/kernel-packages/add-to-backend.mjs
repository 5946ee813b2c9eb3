#!/usr/bin/env node
// @ts-check
// Before @cai/backend is published: makes the packages that build.mjs builds its optional dependencies. The repository names none: npm refuses
// workspaces of other systems, and a lock without packages that no registry has yet.
import { readFileSync, writeFileSync } from "node:fs";
import { withKernelPackages } from "./optional-packages.mjs";

const file = new URL("../../packages/backend/package.json", import.meta.url);
const manifest = withKernelPackages(JSON.parse(readFileSync(file, "utf8")));
writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`@cai/backend ${manifest.version}: optional ${Object.keys(manifest.optionalDependencies).join(", ")}`);
