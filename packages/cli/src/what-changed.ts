import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { latestCheckpoint } from "@cai/checkpoint";

/**
 * By name what is not as it was when a run was made: where it ran (`versions` of both configurations), models and data (the identity that both
 * runs' checkpoints hold). What only one of both tells is left out.
 *
 * @param was the run's folder
 * @param is of the same run, made again
 */
export async function whatChanged(was: string, is: string): Promise<Record<string, readonly [was: unknown, is: unknown]>> {
  const [before, now] = await Promise.all([was, is].map(async (run) => ({ ...(await versionsOf(run)), ...flat(await identityOf(run)) })));
  const names = Object.keys(before!).filter((name) => name in now! && before![name] !== now![name]);
  return Object.fromEntries(names.map((name) => [name, [before![name], now![name]]]));
}

async function versionsOf(run: string): Promise<Record<string, unknown>> {
  const text = await readFile(join(run, "config.json"), "utf8").catch(() => "{}");
  return flat(JSON.parse(text).versions);
}

async function identityOf(run: string): Promise<unknown> {
  const { checkpoint } = await latestCheckpoint(join(run, "checkpoints"));
  return (checkpoint?.state as { identity?: unknown } | undefined)?.identity;
}

/** Values by their path: `{ models: { policy: "…" } }` has `models.policy`. */
function flat(value: unknown, path = ""): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return path === "" ? {} : { [path]: value };
  return Object.assign({}, ...Object.entries(value).map(([name, one]) => flat(one, path === "" ? name : `${path}.${name}`)));
}
