// @ts-check
import { NativeInstallError } from "./error.mjs";
import { run, tellingLine } from "./run.mjs";

/** A child process: a library that does not load can end it. */
const script = `
const util = require("node:util");
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require(process.argv[1]);
const sum = tf.sum(tf.matMul(tf.ones([8, 8]), tf.ones([8, 8]))).dataSync()[0];
if (sum !== 512) throw new Error("error: a product of ones gave " + sum + " instead of 512");
if (process.argv[2]) {
  require(process.argv[2]);
  const gelu = tf.backend().executeSingleOutput("CaiGelu", [], [tf.zeros([64])]).dataSync(); // where an instruction is missing, it ends here
  if (gelu.length !== 64 || gelu.some((y) => y !== 0)) throw new Error("error: GELU of zeros gave " + gelu);
}
console.log(JSON.stringify({ version: tf.backend().binding.TF_Version, gpu: tf.backend().isUsingGpuDevice }));
`;

/**
 * Loads tfjs-node in a process of its own and computes.
 *
 * @param {string} packageDirectory
 * @param {{ kernels?: string, execute?: typeof run }} [options] `kernels`: the file of those to compute with as well
 * @returns {Promise<{ version: string, gpu: boolean }>} TensorFlow's version, and whether a GPU computed
 */
export async function verifyPackage(packageDirectory, { kernels, execute = run } = {}) {
  // Bound at once, a symbol that is missing shows here and not in the middle of a training.
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", LD_BIND_NOW: "1" };
  const result = await execute(process.execPath, ["-e", script, packageDirectory, ...(kernels === undefined ? [] : [kernels])], {
    env,
  });
  if (result.ok) return JSON.parse(result.stdout.trim().split("\n").at(-1) ?? "");
  throw new NativeInstallError(
    `native TensorFlow does not load: ${tellingLine(result.stderr)}`,
    "delete the cache that `cai doctor` names and run it again",
  );
}
