import { fileURLToPath } from "node:url";
import { BackendError } from "./error.ts";
import { installCommand } from "./install-command.ts";
import type { KernelsInUse } from "./kernels.ts";

/** In the order in which they are tried: from the fastest. */
const order = ["gpu", "native", "wasm", "cpu"] as const;

/** A backend by the name that a user gives it. */
export type BackendChoice = (typeof order)[number];

/** The backend that tfjs now computes on. */
export interface PreparedBackend {
  /** tfjs's own name for it; `tensorflow` is the native library, on CPU or GPU. */
  name: "tensorflow" | "wasm" | "cpu";
  /** The npm package that brought it. */
  package: string;
  /** What was chosen and why, as a sentence's end: "native TensorFlow 2.20.0 on the CPU". */
  reason: string;
  /** The version of native TensorFlow, where that is what computes. */
  tensorflowVersion?: string;
  /** Our kernels in native TensorFlow, where it computes on the CPU. */
  kernels?: KernelsInUse;
  /** The command that brings native TensorFlow, where it is missing. */
  fix?: string;
}

/** Makes one backend tfjs's own. Throws an error that says why where it cannot be had, and then has changed nothing. */
export type BackendLoader = () => Promise<PreparedBackend>;

const fix = installCommand(fileURLToPath(import.meta.url));

/**
 * The backend that was asked for by name, or else the first in order that loads.
 *
 * @throws BackendError `unavailable` if the one asked for does not load, or none does, or kernels that are asked for can't be had
 */
export async function chooseBackend(loaders: Record<BackendChoice, BackendLoader>, prefer?: BackendChoice): Promise<PreparedBackend> {
  if (prefer !== undefined) {
    if (!order.includes(prefer))
      throw new BackendError("unavailable", `there is no backend "${prefer}": choose one of ${order.join(", ")}`);
    return loaders[prefer]().catch((error: unknown) => {
      if (isFinal(error)) throw error;
      const missing = BackendError.isInstance(error);
      const remedy = missing ? `; bring it with: ${fix}${prefer === "gpu" ? " --gpu" : ""}` : "";
      throw new BackendError("unavailable", `the backend "${prefer}" cannot be had: ${messageOf(error)}${remedy}`, { cause: error });
    });
  }
  const failures: Partial<Record<BackendChoice, string>> = {};
  for (const choice of order) {
    try {
      const prepared = await loaders[choice]();
      if (failures.native === undefined) return prepared;
      return { ...prepared, reason: `${prepared.reason}, because native TensorFlow is missing (${failures.native})`, fix };
    } catch (error) {
      if (isFinal(error)) throw error;
      failures[choice] = messageOf(error);
    }
  }
  const tried = order.map((choice) => `${choice}: ${failures[choice]}`).join("; ");
  throw new BackendError("unavailable", `no backend could be loaded (${tried}): reinstall the packages with npm ci`);
}

/** Of an error that another backend is no answer to. */
function isFinal(error: unknown): boolean {
  return BackendError.isInstance(error) && error.code !== "missing";
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0] ?? message;
}
