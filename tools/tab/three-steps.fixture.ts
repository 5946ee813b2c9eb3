// Runs in a browser's worker: three steps of PPO on the demo's policy, whose files the page serves; the run is written into the origin's own
// folder, which the browser keeps. Then the same run once more, stopped after its first step, and gone on with.
import { prepareBackend } from "@cai/backend/browser";
import { loadPolicy } from "@cai/policy";
import { type BrowserFolder, fetchFolder, filesOf, mountFolder } from "@cai/whole-file/browser";
import { takenSteps } from "./taken-steps.ts";

/** Of a worker's global scope, what is used here. */
declare const self: {
  postMessage(message: unknown): void;
  readonly location: { readonly href: string };
  readonly navigator: { readonly storage: { getDirectory(): Promise<BrowserFolder> } };
};

async function run(): Promise<void> {
  const backend = await prepareBackend({ prefer: "wasm", wasmFolder: new URL("wasm/", self.location.href).href });
  mountFolder("/demo", fetchFolder(new URL("policy", self.location.href).href));
  const runs = await self.navigator.storage.getDirectory();
  mountFolder("/runs", runs);
  const taken = await takenSteps(await loadPolicy("/demo"), { out: "/runs/first" });
  const files = [...(await filesOf(runs))].map(([path, { size }]) => [path, size]);
  const stopped = await takenSteps(await loadPolicy("/demo"), { out: "/runs/second", stopAfter: 1 });
  const resumed = await takenSteps(await loadPolicy("/demo"), { out: "/runs/second", resume: true });
  self.postMessage({ backend: backend.name, taken, stopped, resumed, files });
}
run().catch((error: Error) => self.postMessage({ failure: `${error.stack}` }));
