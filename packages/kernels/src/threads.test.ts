import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { onNativeKernels } from "@cai/testing/tensors";
import { expect, test } from "vitest";

/** A product of many rows by native kernels: the threads that they started for it, and the sum of its bytes. */
const program = `
  import { createHash } from "node:crypto";
  import { readdirSync } from "node:fs";
  import { prepareBackend } from "@cai/backend";
  import { quantizeColumns, int8Linear } from "@cai/kernels";
  import * as tf from "@tensorflow/tfjs-core";
  await prepareBackend({ prefer: "native" });
  const numbers = (rows, columns) => tf.tensor2d(Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i)), [rows, columns]);
  const [x, weights] = [numbers(8, 1024), numbers(1024, 4096)];
  await tf.matMul(x, weights).data(); // TensorFlow's own threads are there then
  const before = readdirSync("/proc/self/task").length;
  const product = await int8Linear(x, quantizeColumns(weights)).data();
  const hash = createHash("sha256").update(Buffer.from(product.buffer)).digest("hex");
  console.log(JSON.stringify({ started: readdirSync("/proc/self/task").length - before, hash }));
`;

async function productWith(threads: number | undefined): Promise<{ readonly started: number; readonly hash: string }> {
  const { TF_NUM_INTRAOP_THREADS: _, ...env } = process.env;
  const flags = ["--conditions", "@cai/source", "--import", "tsx", "--input-type", "module", "--eval", program];
  const given = threads === undefined ? env : { ...env, TF_NUM_INTRAOP_THREADS: String(threads) };
  const { stdout } = await promisify(execFile)(process.execPath, flags, { env: given, cwd: import.meta.dirname });
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

onNativeKernels(() => {
  test.skipIf(process.platform !== "linux")(
    "a loop runs on as many threads as TF_NUM_INTRAOP_THREADS says, with the same bits",
    async () => {
      const { hash } = await productWith(undefined);
      for (const threads of [1, 3]) expect(await productWith(threads)).toEqual({ started: threads - 1, hash }); // the caller is one of them
    },
    60_000,
  );
});
