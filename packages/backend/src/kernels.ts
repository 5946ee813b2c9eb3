import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { BackendError } from "./error.ts";
import { installCommand } from "./install-command.ts";
import type { KernelLevel } from "./native/install.d.mts";
import { lackingFor, processorLevels } from "./native/levels.mjs";
import { kernelFile } from "./native/places.mjs";

/** A level of our kernels by name, or "none": TensorFlow's own operations alone. */
export type KernelChoice = KernelLevel | "none";

/** Our kernels in native TensorFlow, on the CPU. */
export interface KernelsInUse {
  level: KernelChoice;
  /** What they were compiled by: "GCC 12.2.0". */
  compiler?: string;
  /** The package that brought them compiled; without it they were compiled on this machine. */
  package?: string;
  /** The levels that this processor has, the best first, and whether they are compiled: those can be asked for. */
  levels: { level: KernelLevel; compiled: boolean }[];
  /** Why they are not the processor's best, as a sentence's end. */
  because?: string;
}

/** What a user asks for, and where. */
export interface RequestedKernels {
  level: KernelChoice;
  by: string;
}

/** Which kernels are asked for: by an option, else by the variable CAI_KERNELS. Throws BackendError for a level that can't be. */
export function requestedKernels(option: string | undefined, variable = process.env.CAI_KERNELS): RequestedKernels | undefined {
  const level = option ?? (variable === "" ? undefined : variable);
  if (level === undefined) return undefined;
  const by = option === undefined ? "CAI_KERNELS" : "the option kernels";
  const lacking = level === "none" ? [] : lackingFor(level);
  const choice = `choose one that this processor has: ${[...processorLevels(), "none"].join(", ")}`;
  if (lacking === undefined) {
    const unknown = `there are no such kernels for ${process.platform} on ${process.arch}`;
    throw new BackendError("unavailable", `${by} is "${level}", and ${unknown}: ${choice}`);
  }
  if (lacking.length > 0) {
    throw new BackendError("unavailable", `${by} is "${level}", and this processor lacks ${lacking.join(", ")} for it: ${choice}`);
  }
  return { level: level as KernelChoice, by };
}

/**
 * Registers our kernels with the TensorFlow that tfjs-node has loaded: of the level asked for, else of the best that works. A process has
 * one level: it can't be exchanged.
 *
 * @throws BackendError if the level asked for is not compiled or does not load
 */
export function loadKernels(packageDirectory: string, requested: RequestedKernels | undefined): KernelsInUse {
  const levels = processorLevels().map((level) => ({ level, compiled: existsSync(kernelFile(packageDirectory, level)) }));
  if (requested?.level === "none") return { level: "none", levels, because: `as ${requested.by} wants` };
  if (requested !== undefined) return { ...loadRequested(packageDirectory, requested, levels), levels };
  const failures: string[] = [];
  for (const { level, compiled } of levels) {
    try {
      if (!compiled) failures.push(`"${level}" is not compiled`);
      else return { ...load(packageDirectory, level), levels, ...(failures.length > 0 && { because: failures.join(", ") }) };
    } catch (error) {
      failures.push(`"${level}" does not load: ${reasonOf(error)}`);
    }
  }
  return { level: "none", levels, because: failures.join(", ") || `there are none for ${process.platform} on ${process.arch}` };
}

function loadRequested(packageDirectory: string, { level, by }: RequestedKernels, levels: KernelsInUse["levels"]) {
  const known = levels.find((own) => own.level === level)!;
  if (!known.compiled) {
    const command = `${installCommand(fileURLToPath(import.meta.url))} --kernels ${level}`;
    throw new BackendError("unavailable", `${by} is "${level}", and these kernels are not compiled; to have them: ${command}`);
  }
  try {
    return { ...load(packageDirectory, known.level), ...(known !== levels[0] && { because: `as ${by} wants` }) };
  } catch (error) {
    throw new BackendError("unavailable", `${by} is "${level}", and these kernels do not load: ${reasonOf(error)}`, { cause: error });
  }
}

function load(packageDirectory: string, level: KernelLevel): { level: KernelLevel; compiler: string } {
  const { compiler } = createRequire(import.meta.url)(kernelFile(packageDirectory, level)) as { compiler: string };
  return { level, compiler };
}

function reasonOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n", 1)[0]!;
}
