// Runs in a browser's worker: three steps of PPO on the demo's policy, whose files the page serves.
import { prepareBackend } from "@cai/backend/browser";
import { loadPolicy } from "@cai/policy";
import { fetchFolder, filesOf, memoryFolder, mountFolder } from "@cai/whole-file/browser";
import { takenSteps } from "./taken-steps.ts";

/** Of a worker's global scope, what is used here. */
declare const self: { postMessage(message: unknown): void; readonly location: { readonly href: string } };

async function run(): Promise<void> {
  const backend = await prepareBackend({ wasmFolder: new URL("wasm/", self.location.href).href });
  mountFolder("/demo", fetchFolder(new URL("policy", self.location.href).href));
  const runs = memoryFolder();
  mountFolder("/runs", runs);
  const taken = await takenSteps(await loadPolicy("/demo"), "/runs/first");
  const files = await filesOf(runs);
  self.postMessage({ backend: backend.name, taken, files: [...files].map(([path, { size }]) => [path, size]) });
}
run().catch((error: Error) => self.postMessage({ failure: `${error.stack}` }));
