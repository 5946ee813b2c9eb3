// @ts-check
// Times every kernel: prints a line of JSON for each, with the median seconds of a call. kernels.mjs [<level>]: with the kernels of a level.
import { prepareBackend } from "@cai/backend";
import { Bench } from "tinybench";
import { kernelCases } from "./kernel-cases.mjs";

const level = /** @type {import("@cai/backend").KernelChoice | undefined} */ (process.argv[2]);
await prepareBackend(level === undefined ? {} : { kernels: level });
for (const { name, flops, bytes, open } of kernelCases) {
  const { run, close } = open(); // one case at a time, so that its inputs alone are in memory
  const bench = new Bench({ time: 300, iterations: 5, warmupTime: 50, warmupIterations: 2, throws: true }).add(name, run);
  const [task] = await bench.run();
  close();
  const result = task?.result;
  if (result === undefined || !("latency" in result)) throw new Error(`${name} was not measured`);
  console.log(JSON.stringify({ name, flops, bytes, seconds: result.latency.p50 / 1000 }));
}
