// @ts-check
// Times every kernel: prints a line of JSON for each, with the median seconds of a call, and how many are left.
// kernels.mjs [--kernels <level>] [--paced]: with the kernels of a level; each begun by a line on standard input.
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { prepareBackend } from "@cai/backend";
import { Bench } from "tinybench";
import { kernelCases } from "./kernel-cases.mjs";

const { values } = parseArgs({ options: { kernels: { type: "string" }, paced: { type: "boolean" } } });
const level = /** @type {import("@cai/backend").KernelChoice | undefined} */ (values.kernels);
await prepareBackend(level === undefined ? {} : { kernels: level });
const left = [...kernelCases];
if (values.paced) for await (const _ of createInterface({ input: process.stdin })) await measureNext();
else while (left.length > 0) await measureNext();

async function measureNext() {
  const next = left.shift();
  if (next === undefined) return;
  const { name, flops, bytes, open } = next;
  const { run, close } = open(); // one case at a time, so that its inputs alone are in memory
  const bench = new Bench({ time: 300, iterations: 5, warmupTime: 50, warmupIterations: 2, throws: true }).add(name, run);
  const [task] = await bench.run();
  close();
  const result = task?.result;
  if (result === undefined || !("latency" in result)) throw new Error(`${name} was not measured`);
  console.log(JSON.stringify({ name, flops, bytes, seconds: result.latency.p50 / 1000, left: left.length }));
}
