import { expect, test } from "vitest";
import { lackingFor, levelsOf, processorLevels } from "./levels.mjs";

const linux = { platform: "linux", arch: "x64" };
const sse = ["sse", "sse2", "pni"];
const haswell = [...sse, "abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"];
const skylakeServer = [...haswell, "avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"];
const sapphireRapids = [...skylakeServer, "amx_bf16", "amx_int8", "amx_tile", "avx512_bf16", "avx512_vnni"];

test("a processor has its level and all lower ones, the best first", () => {
  expect(processorLevels({ ...linux, features: sse })).toEqual(["baseline"]);
  expect(processorLevels({ ...linux, features: haswell })).toEqual(["avx2", "baseline"]);
  expect(processorLevels({ ...linux, features: skylakeServer })).toEqual(["avx512", "avx2", "baseline"]);
  expect(processorLevels({ ...linux, features: sapphireRapids })).toEqual(["amx", "avx512", "avx2", "baseline"]);
});

test("one instruction less, and the level is not there", () => {
  const withoutMask = skylakeServer.filter((feature) => feature !== "avx512dq");
  expect(lackingFor("avx512", { ...linux, features: withoutMask })).toEqual(["avx512dq"]);
  expect(processorLevels({ ...linux, features: withoutMask })).toEqual(["avx2", "baseline"]);
});

test("every processor for arm64 has the baseline; a level of another architecture is none", () => {
  const arm = { platform: "linux", arch: "arm64", features: ["fp", "asimd"] };
  expect(processorLevels(arm)).toEqual(["baseline"]);
  expect(lackingFor("avx2", arm)).toBeUndefined();
  expect(lackingFor("avx3", { ...linux, features: haswell })).toBeUndefined();
});

test("where tfjs-node brings TensorFlow itself there are none", () => {
  expect(levelsOf({ platform: "darwin", arch: "arm64" })).toEqual([]);
});
