import type { Generator } from "@cai/contracts";
import { webGpuOps } from "@cai/kernels";
import type { CausalPolicy } from "@cai/policy";
import type { Int8Coding } from "@cai/rollout-onnx";
import { type Command, Option } from "commander";
import { CliError } from "./error.ts";
import { helpGroups } from "./help-groups.ts";

/** What may write the responses: the policy itself, its weights in int8 or (on WebGPU) float16, or ONNX Runtime with its weights, in float32 or int8. */
const engines = ["policy", "int8", "float16", "onnx", "onnx-int8"] as const;
export type RolloutEngine = (typeof engines)[number];

/** Adds `--rollout`. */
export function addRolloutFlag(command: Command): Command {
  return command.addOption(
    new Option("--rollout <engine>", "what writes the responses (default: policy)").choices(engines).helpGroup(helpGroups.sampling),
  );
}

/** @throws CliError `usage` for another name; a configuration file may hold any. */
export function checkRolloutEngine(name: unknown = "policy"): RolloutEngine {
  const engine = engines.find((known) => known === name);
  if (engine === undefined) throw new CliError("usage", `rollout is ${JSON.stringify(name)}: give one of ${engines.join(", ")}`);
  return engine;
}

/** The trainer's `generator`, undefined for the policy itself. The caller disposes of it. */
export async function openRolloutEngine(
  engine: RolloutEngine,
  policy: CausalPolicy,
): Promise<(Generator & { dispose(): Promise<void> }) | undefined> {
  if (engine === "policy") return undefined;
  if (engine === "float16" && webGpuOps() === undefined)
    throw new CliError("usage", "--rollout float16 is for WebGPU: add --backend webgpu, or take --rollout int8");
  if (engine === "int8" || engine === "float16") {
    const { quantizedGenerator } = await import("@cai/policy");
    return { ...quantizedGenerator({ policy, precision: engine }), dispose: async () => {} };
  }
  const { OnnxGenerator } = await import("@cai/rollout-onnx");
  return OnnxGenerator.create({ policy, precision: engine === "onnx-int8" ? "int8" : "float32" });
}

/**
 * How weights go to workers with that engine; undefined for float32. `int8` reads prompts with the float32 weights, and `onnx` all with them: only
 * `onnx-int8` needs no more of a weight than what it rounds it to.
 */
export async function openCoding(engine: RolloutEngine, policy: CausalPolicy): Promise<Int8Coding | undefined> {
  if (engine !== "onnx-int8") return undefined;
  const { int8Coding } = await import("@cai/rollout-onnx");
  return int8Coding(policy);
}
