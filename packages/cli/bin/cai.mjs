#!/usr/bin/env node
// Runs the source, through tsx, where it is there (in a clone, built or not); otherwise what npm has installed.
import { existsSync } from "node:fs";
import module from "node:module";
import { describeLoadError } from "./load-error.mjs";

const source = new URL("../src/index.ts", import.meta.url);
const inClone = existsSync(source);

async function load() {
  if (!inClone) return import(new URL("../dist/index.js", import.meta.url).href);
  const tsx = await import("tsx/esm/api");
  tsx.register({ tsconfig: false }); // the folder that cai was started in may have a tsconfig.json of its own
  const hooks = new URL("./resolve-source.mjs", import.meta.url);
  if (module.registerHooks) module.registerHooks(await import(hooks.href));
  else module.register(hooks);
  return import(source.href);
}

const { main } = await load().catch((error) => {
  process.stderr.write(`${describeLoadError(error)}\n`);
  process.exit(1);
});
await main(process.argv);
