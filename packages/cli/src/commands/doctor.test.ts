import type { Device, PreparedBackend } from "@cai/backend";
import { Command } from "commander";
import { expect, test, vi } from "vitest";
import { type Diagnosis, describe, doctorCommand, findMissing } from "./doctor.ts";

const cpu: Device = { type: "CPU", name: "Xeon, 2 cores", inUse: true };
const native = {
  name: "tensorflow",
  package: "@tensorflow/tfjs-node",
  reason: "native TensorFlow 2.20.0 on the CPU",
  kernels: {
    level: "avx2",
    compiler: "GCC 12.2.0",
    levels: [
      { level: "avx2", compiled: true },
      { level: "baseline", compiled: false },
    ],
  },
} satisfies PreparedBackend;
const diagnosis: Diagnosis = {
  versions: {
    cai: "0.1.0",
    node: "20.1.0",
    tfjs: "4.22.0",
    "tfjs-node": "4.22.0",
    "tfjs-node-gpu": null,
    tensorflow: "2.20.0",
    webgpu: null,
    "onnxruntime-node": "1.30.0",
  },
  platform: "linux x64",
  cores: 2,
  memory: { totalBytes: 8 * 2 ** 30, freeBytes: 6.5 * 2 ** 30 },
  backend: native,
  devices: [cpu],
  matmulGflops: 123.4,
  cache: "/home/ada/.cache/cai",
  missing: [],
};

test("the text names versions, machine, backend, device, speed and cache, a line each", () => {
  expect(
    describe(diagnosis),
  ).toBe(`versions  cai 0.1.0, node 20.1.0, tfjs 4.22.0, tfjs-node 4.22.0, tensorflow 2.20.0, onnxruntime-node 1.30.0
machine   linux x64, 2 cores, memory 6.5 GiB free of 8.0 GiB
backend   tensorflow: native TensorFlow 2.20.0 on the CPU
kernels   avx2, compiled here by GCC 12.2.0; for this processor: avx2, baseline (not compiled)
CPU       Xeon, 2 cores (in use)
speed     123 GFLOP/s (matmul, float32)
cache     /home/ada/.cache/cai
missing   nothing`);
});

test("kernels that a package brought are told from those that were compiled here", () => {
  const backend: PreparedBackend = { ...native, kernels: { ...native.kernels, package: "@cai/kernels-linux-x64" } };
  expect(describe({ ...diagnosis, backend })).toContain("\nkernels   avx2, of @cai/kernels-linux-x64, compiled by GCC 12.2.0; for");
});

test("native TensorFlow without our kernels is told, and how to have them; on a GPU they are not wanted", () => {
  const levels = [{ level: "avx512", compiled: false } as const];
  const without: PreparedBackend = { ...native, kernels: { level: "none", levels } };
  expect(describe({ ...diagnosis, backend: without })).toContain(
    "\nkernels   TensorFlow's alone, slower; for this processor: avx512 (not compiled)\n",
  );
  expect(findMissing({ backend: without, devices: [cpu], onnxRuntime: "1.30.0" })).toEqual([
    { what: 'the kernels "avx512", the fastest for this processor', fix: "npx @cai/cli backend install" },
  ]);
  const { kernels: _, ...onGpu } = native;
  expect(describe({ ...diagnosis, backend: onGpu })).toContain("\nkernels   TensorFlow's, for the GPU\n");
});

test("WebGPU is told with its adapter, its driver and what it can hold", () => {
  const limits = {
    maxBufferSize: 2 ** 32,
    maxStorageBufferBindingSize: 2 ** 31 - 4,
    maxStorageBuffersPerShaderStage: 10,
    maxComputeWorkgroupStorageSize: 49152,
    maxComputeInvocationsPerWorkgroup: 1024,
    maxComputeWorkgroupSizeX: 1024,
    maxComputeWorkgroupsPerDimension: 65535,
  };
  const webgpu = { adapter: "NVIDIA L4", architecture: "nvidia lovelace", driver: "550.54", isSoftware: false, hasFloat16: true, limits };
  const backend: PreparedBackend = { name: "webgpu", package: "@tensorflow/tfjs-backend-webgpu", reason: "WebGPU on NVIDIA L4", webgpu };
  expect(describe({ ...diagnosis, backend })).toContain(
    "\nWebGPU    NVIDIA L4 (nvidia lovelace), driver 550.54; a buffer holds 4096 MiB, a binding 2047 MiB, a group 1024 threads and 48 KiB; " +
      "half precision: yes\n",
  );
});

test("what is missing comes with the command that brings it", () => {
  const wasm = { name: "wasm", package: "@tensorflow/tfjs-backend-wasm", reason: "WASM", fix: "npx @cai/cli backend install" } as const;
  const missing = findMissing({ backend: wasm, devices: [cpu, { type: "GPU", name: "L4", inUse: false }], onnxRuntime: null });
  expect(missing.map(({ fix }) => fix)).toEqual([
    "npx @cai/cli backend install",
    "npx @cai/cli backend install --gpu",
    "ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node",
  ]);
  expect(describe({ ...diagnosis, missing })).toContain(
    "missing   native TensorFlow, several times faster; to have it: npx @cai/cli backend install\n",
  );
});

test("a global cai is told to install by its own name", () => {
  const kernels = { level: "none", levels: [{ level: "avx512", compiled: false }] } as const;
  const devices = [cpu, { type: "GPU", name: "L4", inUse: false } as const];
  const missing = findMissing({
    backend: { ...native, kernels: { ...kernels, levels: [...kernels.levels] } },
    devices,
    onnxRuntime: "1.30.0",
    install: "cai backend install",
  });
  expect(missing.map(({ fix }) => fix)).toEqual(["cai backend install --gpu", "cai backend install"]);
});

test("a Node that the packages are not for is told", () => {
  expect(findMissing({ backend: native, devices: [cpu], onnxRuntime: "1.30.0", node: "20.18.0" })).toEqual([
    { what: "a supported version of Node: this is 20.18.0", fix: "install Node 20.19, 22.12 or newer" },
  ]);
});

test("a GPU that computes and everything installed: nothing is missing", () => {
  const devices = [{ ...cpu, inUse: false }, { type: "GPU", name: "L4", inUse: true } as const];
  expect(findMissing({ backend: native, devices, onnxRuntime: "1.30.0" })).toEqual([]);
});

test("--json prints one object with what this machine measures", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await new Command("cai").version("9.8.7").addCommand(doctorCommand()).parseAsync(["doctor", "--json"], { from: "user" });
  const printed = log.mock.calls.map(([line]) => String(line));
  log.mockRestore();
  expect(printed).toHaveLength(1);
  const parsed = JSON.parse(printed[0]!) as Diagnosis;
  expect(parsed.versions).toMatchObject({ cai: "9.8.7", node: process.version.slice(1) });
  expect(parsed.matmulGflops).toBeGreaterThan(0);
  expect(parsed.devices.some(({ inUse }) => inUse)).toBe(true);
});
