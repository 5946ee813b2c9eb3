import { tinyGpt2 } from "@cai/testing";
import { onWebGpu } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { runCommand } from "./run-command.fixture.ts";

const generate = (backend: string) =>
  runCommand("generate", "--policy", tinyGpt2, "--prompt", "the old", "--max-new-tokens", "3", "--backend", backend, "--json");

await onWebGpu(() => {
  test("--backend webgpu writes what plain JavaScript writes", async () => {
    const inJs = JSON.parse((await generate("cpu")).stdout);
    const onDevice = JSON.parse((await generate("webgpu")).stdout);
    expect(tf.getBackend()).toBe("webgpu");
    expect(onDevice.ids).toEqual(inJs.ids);
  });
});
