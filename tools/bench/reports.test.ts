import { expect, test } from "vitest";
import { decodeRows, describeMachine, epochRows, kernelRows, stepRows, trlRows } from "./reports.mjs";
import { settings } from "./settings.mjs";

const machine = {
  cpu: "a processor",
  cores: 2,
  memoryBytes: 2 ** 34,
  node: "v20",
  backend: "tensorflow",
  gemmFlopsPerSecond: 200e9,
  tensorFlowFlopsPerSecond: 100e9,
  memoryBytesPerSecond: 20e9,
};
const [short, long] = settings as [(typeof settings)[number], (typeof settings)[number]];
const own = { generateSeconds: 1, totalSeconds: 4, epochSeconds: 0.5, peakBytes: 3e9, steps: 5 };
const faster = { ...own, generateSeconds: 0.5 };
const trl = { generateSeconds: 2.5, totalSeconds: 10, epochSeconds: 0, peakBytes: 4e9, steps: 5 };

test("a kernel stands beside the larger of its two bounds", () => {
  const kernels = [
    { name: "products", flops: 1e9, bytes: 20e6, seconds: 0.01 }, // 5 ms of products, 1 ms of memory
    { name: "bytes only", flops: 0, bytes: 100e6, seconds: 0.01 },
  ];
  expect(kernelRows(kernels, machine).slice(1)).toEqual([
    ["products", "10.00", "100", "50 %", "2.0", "10 %", "50 %"],
    ["bytes only", "10.00", "", "", "10.0", "50 %", "50 %"],
  ]);
});

test("a machine is told with the level of its kernels, where there are some", () => {
  expect(describeMachine(machine)).toContain("Node v20, tfjs on tensorflow; measured: float32 matrix products at 200 GFLOP/s");
  expect(describeMachine({ ...machine, kernels: "avx2" })).toContain("tfjs on tensorflow with the kernels avx2; measured");
});

test("beside TRL a step shows both ratios, and generation alone is told for the long setting; targets are the policy's own", () => {
  const measurements = [
    { setting: short, engines: { policy: own }, trl },
    { setting: long, engines: { policy: own, int8: faster, "onnx-int8": faster }, trl },
  ];
  expect(trlRows(measurements, { kernels: "avx2" }).slice(1)).toEqual([
    ["short, responses by policy", "10.00", "4.00", "0.40", "≤ 0.45", "4.00", "3.00", "0.75", "≤ 0.66"],
    ["long, responses by policy", "10.00", "4.00", "0.40", "≤ 0.38", "4.00", "3.00", "0.75", "≤ 0.62"],
    ["long, responses by int8", "10.00", "4.00", "0.40", "", "4.00", "3.00", "0.75", ""],
    ["long, responses by onnx-int8", "10.00", "4.00", "0.40", "", "4.00", "3.00", "0.75", ""],
    ["generation alone, long, policy", "2.50", "1.00", "0.40", "≤ 0.3"],
    ["generation alone, long, int8", "2.50", "0.50", "0.20", "≤ 0.15"],
    ["generation alone, long, onnx-int8", "2.50", "0.50", "0.20", ""],
  ]);
});

test("targets are those of the machine's kind of processor", () => {
  const targetsOf = (kernels: string) =>
    trlRows([{ setting: short, engines: { policy: own }, trl }], { kernels })[1]!.filter((cell) => cell.startsWith("≤"));
  expect(targetsOf("amx")).toEqual(["≤ 0.28", "≤ 0.66"]);
  expect(targetsOf("avx512")).toEqual(["≤ 0.45", "≤ 0.66"]);
});

test("without TRL there is nothing to compare", () => {
  expect(trlRows([{ setting: short, engines: { policy: own } }], { kernels: "avx2" })).toHaveLength(1);
});

test("generation is told in tokens of all rows, a step in its parts, an epoch once for all engines", () => {
  const measurements = [{ setting: short, engines: { policy: own, "onnx-int8": own } }];
  expect(decodeRows(measurements, machine)[1]?.slice(0, 4)).toEqual(["short, policy", "1.00", "192", "41.7"]);
  expect(stepRows(measurements, machine)[2]?.slice(0, 4)).toEqual(["short, onnx-int8", "4.00", "1.00", "3.00"]);
  expect(epochRows(measurements, machine)).toHaveLength(2);
});
