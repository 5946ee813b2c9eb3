#!/usr/bin/env node
// Runs the source, through tsx, where it is there (in a clone, built or not); otherwise what npm has installed.
import { existsSync } from "node:fs";
import module from "node:module";

const source = new URL("../src/index.ts", import.meta.url);
const inClone = existsSync(source);
if (inClone) {
  const tsx = await import("tsx/esm/api");
  tsx.register({ tsconfig: false }); // the folder that cai was started in may have a tsconfig.json of its own
  const hooks = new URL("./resolve-source.mjs", import.meta.url);
  if (module.registerHooks) module.registerHooks(await import(hooks.href));
  else module.register(hooks);
}
const { main } = await import(inClone ? source.href : new URL("../dist/index.js", import.meta.url).href);
await main(process.argv);
