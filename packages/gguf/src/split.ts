import { GgufError } from "./error.ts";
import type { GgufValue } from "./header.ts";

/** As many as the format's 16 bits count. */
const mostParts = 65_535;

/**
 * The paths of the files that a model is split into (`llama-gguf-split`), by that of the first one; of a whole model its own alone. Throws
 * GgufError for another than the first, and where the name does not say which the others are.
 */
export function partPaths(path: string, metadata: ReadonlyMap<string, GgufValue>): readonly string[] {
  const count = metadata.get("split.count") ?? 1;
  if (typeof count !== "number" || !Number.isInteger(count) || count < 0 || count > mostParts)
    throw new GgufError("bad-file", `${path}: split.count is ${String(count).slice(0, 40)}, expected a number of files`);
  if (count <= 1) return [path];
  const nameEnd = (part: number) => `-${String(part + 1).padStart(5, "0")}-of-${String(count).padStart(5, "0")}.gguf`;
  const number = metadata.get("split.no");
  if (number !== 0)
    throw new GgufError("unsupported", `${path} is a further one of ${count} files of a model: give the first, …${nameEnd(0)}`);
  if (!path.endsWith(nameEnd(0)))
    throw new GgufError(
      "unsupported",
      `${path} is the first of ${count} files of a model, whose names must end as …${nameEnd(0)}: rename them`,
    );
  const start = path.slice(0, -nameEnd(0).length);
  return Array.from({ length: count }, (_, part) => start + nameEnd(part));
}

/** Refuses a further file that is not what the name says. */
export function checkPart(path: string, metadata: ReadonlyMap<string, GgufValue>, part: number, count: number): void {
  if (metadata.get("split.no") === part && metadata.get("split.count") === count) return;
  throw new GgufError("bad-file", `${path} says that it is no part ${part + 1} of ${count} of the model: fetch the files again`);
}
