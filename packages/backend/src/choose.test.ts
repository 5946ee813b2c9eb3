import { expect, test } from "vitest";
import { type BackendChoice, type BackendLoader, chooseBackend, type PreparedBackend } from "./choose.ts";
import { BackendError } from "./error.ts";

const answers: Record<BackendChoice, PreparedBackend> = {
  gpu: { name: "tensorflow", package: "@tensorflow/tfjs-node-gpu", reason: "native TensorFlow on the GPU" },
  native: { name: "tensorflow", package: "@tensorflow/tfjs-node", reason: "native TensorFlow on the CPU" },
  wasm: { name: "wasm", package: "@tensorflow/tfjs-backend-wasm", reason: "WASM" },
  cpu: { name: "cpu", package: "@tensorflow/tfjs-backend-cpu", reason: "plain JavaScript" },
};

/** Loaders of which only some succeed, and the order in which they were called. */
function loadersFor(...available: BackendChoice[]) {
  const called: BackendChoice[] = [];
  const loader =
    (choice: BackendChoice): BackendLoader =>
    async () => {
      called.push(choice);
      if (available.includes(choice)) return answers[choice];
      throw new BackendError("missing", `${choice} is not installed`);
    };
  return { called, loaders: { gpu: loader("gpu"), native: loader("native"), wasm: loader("wasm"), cpu: loader("cpu") } };
}

test("the first that loads is taken, and nothing slower is tried", async () => {
  const { called, loaders } = loadersFor("native", "wasm", "cpu");
  expect(await chooseBackend(loaders)).toEqual(answers.native);
  expect(called).toEqual(["gpu", "native"]);
});

test("without native TensorFlow the reason says why, and the fix is a command", async () => {
  const prepared = await chooseBackend(loadersFor("wasm", "cpu").loaders);
  expect(prepared).toEqual({
    ...answers.wasm,
    reason: "WASM, because native TensorFlow is missing (native is not installed)",
    fix: "npx @cai/cli backend install",
  });
});

test("a missing GPU build alone is not worth a word", async () => {
  expect((await chooseBackend(loadersFor("native").loaders)).fix).toBeUndefined();
});

test("the backend asked for by name is taken although a faster one is there", async () => {
  const { called, loaders } = loadersFor("gpu", "native", "wasm", "cpu");
  expect(await chooseBackend(loaders, "cpu")).toEqual(answers.cpu);
  expect(called).toEqual(["cpu"]);
});

test("a backend asked for by name that is missing is an error with the command that brings it", async () => {
  const { loaders } = loadersFor("wasm", "cpu");
  const error = await chooseBackend(loaders, "gpu").catch((error: unknown) => error);
  expect(BackendError.isInstance(error) && error.code).toBe("unavailable");
  expect(String(error)).toMatch(/"gpu" cannot be had: gpu is not installed; bring it with: npx @cai\/cli backend install --gpu$/);
});

test("an unknown name is refused with the names that there are", async () => {
  await expect(chooseBackend(loadersFor("cpu").loaders, "webgl" as BackendChoice)).rejects.toThrow(/"webgl".*gpu, native, wasm, cpu/);
});

test("when nothing loads, every reason is told", async () => {
  await expect(chooseBackend(loadersFor().loaders)).rejects.toThrow(/gpu is not installed.*native is.*wasm is.*cpu is/);
});
