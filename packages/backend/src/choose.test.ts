import { expect, test } from "vitest";
import { type BackendChoice, type BackendLoader, chooseBackend, type PreparedBackend } from "./choose.ts";
import { BackendError } from "./error.ts";

const answers: Record<BackendChoice, PreparedBackend> = {
  gpu: { name: "tensorflow", package: "@tensorflow/tfjs-node-gpu", reason: "native TensorFlow on the GPU", onGpu: true },
  webgpu: { name: "webgpu", package: "@tensorflow/tfjs-backend-webgpu", reason: "WebGPU on a GPU" },
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
  const loaders = { gpu: loader("gpu"), webgpu: loader("webgpu"), native: loader("native"), wasm: loader("wasm"), cpu: loader("cpu") };
  return { called, loaders };
}

test("the first that loads is taken, and nothing slower is tried", async () => {
  const { called, loaders } = loadersFor("native", "wasm", "cpu");
  expect(await chooseBackend(loaders)).toEqual(answers.native);
  expect(called).toEqual(["gpu", "webgpu", "native"]);
});

test("CUDA on a GPU goes before WebGPU, and WebGPU before CUDA's build on the processor", async () => {
  expect(await chooseBackend(loadersFor("gpu", "webgpu", "native").loaders)).toEqual(answers.gpu);
  const onProcessor = { ...answers.gpu, reason: "in its CUDA build, on the CPU", onGpu: false };
  const gpu = async () => onProcessor;
  expect(await chooseBackend({ ...loadersFor("webgpu", "native").loaders, gpu })).toEqual(answers.webgpu);
  expect(await chooseBackend({ ...loadersFor("native").loaders, gpu })).toEqual(onProcessor);
});

test("a loader is told whether it was asked for by name", async () => {
  const told: boolean[] = [];
  const webgpu = async (asked: boolean) => {
    told.push(asked);
    return answers.webgpu;
  };
  await chooseBackend({ ...loadersFor().loaders, webgpu });
  await chooseBackend({ ...loadersFor().loaders, webgpu }, "webgpu");
  expect(told).toEqual([false, true]);
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
  await expect(chooseBackend(loaders, "webgpu")).rejects.toThrow(
    /bring it with: npm install webgpu@\S+ @tensorflow\/tfjs-backend-webgpu@\S+$/,
  );
});

test("an unknown name is refused with the names that there are", async () => {
  await expect(chooseBackend(loadersFor("cpu").loaders, "webgl" as BackendChoice)).rejects.toThrow(
    /"webgl".*gpu, webgpu, native, wasm, cpu/,
  );
});

test("when nothing loads, every reason is told", async () => {
  await expect(chooseBackend(loadersFor().loaders)).rejects.toThrow(/gpu is not installed.*webgpu is.*native is.*wasm is.*cpu is/);
});
