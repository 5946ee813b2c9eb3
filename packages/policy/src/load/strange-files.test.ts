import { execFileSync } from "node:child_process";
import { cp, mkdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { CaiError } from "@cai/contracts";
import { temporaryFolder, tinyGpt2 } from "@cai/testing";
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { loadPolicy } from "./load-policy.ts";

const names = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];
const onPosix = process.platform !== "win32";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

async function copyInto(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of names) await cp(join(tinyGpt2, name), join(folder, name));
  return folder;
}

/** How loading fails: on purpose, or not. */
const failure = (folder: string) =>
  loadPolicy(folder).then(
    () => "it loads",
    (error: unknown) => (CaiError.isInstance(error) ? error.message : `not on purpose: ${error}`),
  );

test.runIf(onPosix).each(names)("a pipe as %s is refused, not waited for", async (name) => {
  const folder = await copyInto(await temporaryFolder());
  await rm(join(folder, name));
  execFileSync("sh", ["-c", 'mkfifo "$0"', join(folder, name)]);
  const message = await failure(folder);
  expect(message).toContain(join(folder, name));
  expect(message).toContain("it is a pipe or device, expected a file");
});

test.runIf(onPosix).each(names)("%s that is a link out of its folder is refused", async (name) => {
  const [folder, elsewhere] = [await copyInto(await temporaryFolder()), await temporaryFolder()];
  await rename(join(folder, name), join(elsewhere, name));
  await symlink(join(elsewhere, name), join(folder, name));
  const message = await failure(folder);
  expect(message).toContain(join(folder, name));
  expect(message).toContain("it is a link that leads out of");
});

test.runIf(onPosix)("a snapshot of a hub cache, all of links into its blobs, is loaded", async () => {
  const model = join(await temporaryFolder(), "models--tiny--gpt2");
  const snapshot = join(model, "snapshots", "0".repeat(40));
  const blobs = await copyInto(join(model, "blobs"));
  await mkdir(snapshot, { recursive: true });
  for (const name of names) await symlink(join("..", "..", "blobs", name), join(snapshot, name));
  expect(blobs).toContain("blobs");
  const policy = await loadPolicy(snapshot);
  expect(policy.vocabSize).toBeGreaterThan(0);
  policy.dispose();
});
