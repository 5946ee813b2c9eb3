import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Json } from "@cai/training";
import { wholeFiles } from "@cai/whole-file";
import { z } from "zod";
import { ConstitutionError } from "../error.ts";

const files = wholeFiles(ConstitutionError);
const json: z.ZodType<Json> = z.json();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const stageRecord = z.strictObject({
  name: z.string(),
  /** Of everything that the product depends on. */
  inputs: sha256,
  /** Of this package, in the order in which they worked on it: one, unless it was gone on with after an upgrade. Empty where none was kept. */
  versions: z.array(z.string()).default([]),
  state: z.enum(["running", "done"]),
  /** That it took, over all its starts. */
  seconds: z.number().nonnegative(),
  files: z.record(z.string(), sha256),
  summary: z.record(z.string(), json),
});

const manifest = z.strictObject({ format: z.literal(1), config: json, stages: z.array(stageRecord) });

export type StageRecord = z.infer<typeof stageRecord>;

/** What a pipeline's folder holds, and how far each stage has come. */
export type Manifest = z.infer<typeof manifest>;

/** By which versions a stage was made or begun, and what comes of it; undefined where it was this one alone. */
export function describeOtherVersions({ state, versions }: StageRecord, version: string): string | undefined {
  if (versions.length > 0 && versions.every((other) => other === version)) return undefined;
  const makers = versions.length === 0 ? "a version that is not known" : `version ${versions.join(" and ")}`;
  return state === "done"
    ? `it was made by ${makers} and is kept (this is ${version})`
    : `it was begun by ${makers}, and ${version} goes on with it`;
}

const manifestFile = (out: string) => join(out, "manifest.json");

/**
 * The manifest of a pipeline's folder; undefined where there is none.
 *
 * @throws ConstitutionError `bad-manifest` where it can't be read, or holds something else.
 */
export async function readManifest(out: string): Promise<Manifest | undefined> {
  const path = manifestFile(out);
  const refuse = (what: string, cause: unknown) => {
    throw new ConstitutionError("bad-manifest", `${path} ${what}: give another folder, or remove this one to start over`, { cause });
  };
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") refuse(`can't be read (${cause.code})`, cause);
  });
  if (text === undefined) return undefined;
  try {
    return manifest.parse(JSON.parse(text));
  } catch (cause) {
    return refuse("is no manifest of a pipeline that this version reads", cause);
  }
}

/** Writes it whole; the folder is made where it is missing. */
export async function writeManifest(out: string, content: Manifest): Promise<void> {
  await files.makeFolder(out);
  await files.write(manifestFile(out), `${JSON.stringify(content, null, 2)}\n`);
}
