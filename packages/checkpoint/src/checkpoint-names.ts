import { CheckpointError } from "./error.ts";

/**
 * The folder name of a step's checkpoint: `step-000010`.
 *
 * @example
 * checkpointName(10); // "step-000010"
 */
export function checkpointName(step: number): string {
  return `step-${String(step).padStart(6, "0")}`;
}

/** While a checkpoint of the same step is being replaced, the earlier one stands under this name. */
export const replacedName = (name: string): string => `${name}~`;

/** The name before, of a checkpoint that stands under `replacedName`. */
export const originalName = (name: string): string | undefined => (name.endsWith("~") ? name.slice(0, -1) : undefined);

/** A folder that is being written or removed. */
export const partialName = (name: string): string => `.${name}.partial`;

/** The step of a folder that holds, or may hold, a complete checkpoint; undefined for any other name. */
export function stepOf(name: string): number | undefined {
  const match = /^step-(\d+)~?$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** True for what an interrupted write or removal left behind. */
export const isPartial = (name: string): boolean => /^\.step-\d+~?\.partial$/.test(name);

/** A manifest may have been tampered with: its names must not lead out of the folder. */
export function checkFileName(name: string): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name) || name === "manifest.json") {
    throw new CheckpointError("file-name", `"${name}" can't be a checkpoint's file: use letters, digits, ".", "_" and "-", no folders`);
  }
}
