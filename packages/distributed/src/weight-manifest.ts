import type { LoraTargets } from "@cai/policy";
import { DistributedError } from "./error.ts";
import { isHash, sha256 } from "./names.ts";
import type { WeightCoding } from "./weight-coding.ts";
import { mostObjectBytes, type WeightStore } from "./weight-store.ts";

/** A weight of a published version. */
export interface PublishedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** `float32`, or what a coding calls itself. */
  readonly type: string;
  /** Its bytes, in objects of `mostObjectBytes`; the last has what is left. What has not changed has the same names. */
  readonly chunks: readonly string[];
}

/** All that is trained, at a moment: without an adapter all weights, with one the adapter's alone. */
export interface WeightManifest {
  /** How a worker makes the adapter, where it has none by itself. */
  readonly lora: { readonly rank: number; readonly alpha: number; readonly targets: LoraTargets } | null;
  readonly weights: readonly PublishedWeight[];
}

/** The version's name is the SHA-256 of its manifest, which holds those of its numbers. */
export function writeManifest(manifest: WeightManifest): { readonly version: string; readonly bytes: Uint8Array } {
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { version: sha256(bytes), bytes };
}

/** @throws DistributedError `bad-payload` for another version's, or what is no manifest. */
export function readManifest(bytes: Uint8Array, version: string): WeightManifest {
  if (sha256(bytes) !== version) refuse(version, "other bytes than its name says");
  const { lora, weights } = parse(bytes, version);
  if (!Array.isArray(weights) || !weights.every(isWeight) || (lora !== null && typeof lora !== "object"))
    refuse(version, "no list of weights");
  return { lora: lora!, weights: weights! };
}

/** What a weight holds, whatever it is called: two of the same text hold the same numbers. */
export const contentOf = ({ shape, type, chunks }: PublishedWeight): string => JSON.stringify([shape, type, chunks]);

/** What a store keeps under a name. */
export interface StoredObject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A weight's bytes in objects. */
export function chunksOf(bytes: Uint8Array): StoredObject[] {
  return Array.from({ length: Math.ceil(bytes.byteLength / mostObjectBytes) }, (_, chunk) => {
    const part = bytes.subarray(chunk * mostObjectBytes, (chunk + 1) * mostObjectBytes);
    return { name: sha256(part), bytes: part };
  });
}

/**
 * The numbers of a weight.
 *
 * @throws DistributedError `missing-weights`; `bad-payload` where they are not those of its chunks' names; `other-weights` where they are written
 *   in a way that this worker does not know.
 */
export async function readWeight(
  { store, run, coding }: { readonly store: WeightStore; readonly run: string; readonly coding: WeightCoding | undefined },
  weight: PublishedWeight,
): Promise<Float32Array> {
  const bytes = bytesOf(weight, coding);
  if (weight.chunks.length !== Math.ceil(bytes / mostObjectBytes))
    refuse(weight.name, `${weight.chunks.length} parts of its ${bytes} bytes`);
  const whole = new Uint8Array(bytes);
  for (const [index, chunk] of weight.chunks.entries()) {
    const part = await store.get(run, chunk);
    if (part === undefined)
      throw new DistributedError("missing-weights", `${weight.name} of run ${run} is not in the store of weights any more`);
    const start = index * mostObjectBytes;
    if (part.byteLength !== Math.min(mostObjectBytes, bytes - start) || sha256(part) !== chunk)
      refuse(weight.name, "other bytes than its name says");
    whole.set(part, start);
  }
  return weight.type === "float32" ? new Float32Array(whole.buffer) : coding!.read(weight.name, whole);
}

/** Bytes of a weight's numbers, as float32. */
export const numberBytes = ({ shape }: Pick<PublishedWeight, "shape">): number =>
  shape.reduce((size, side) => size * side, Float32Array.BYTES_PER_ELEMENT);

function bytesOf(weight: PublishedWeight, coding: WeightCoding | undefined): number {
  const { name, type } = weight;
  if (type === "float32") return numberBytes(weight);
  const bytes = type === coding?.type ? coding.bytes(name) : undefined;
  if (bytes !== undefined) return bytes;
  throw new DistributedError(
    "other-weights",
    `${name} is published as ${type}, which this worker's engine does not read: start the worker with the learner's --rollout`,
  );
}

function parse(bytes: Uint8Array, version: string): Partial<WeightManifest> {
  try {
    return (JSON.parse(Buffer.from(bytes).toString()) ?? {}) as Partial<WeightManifest>;
  } catch {
    return refuse(version, "no JSON");
  }
}

function isWeight(weight: unknown): weight is PublishedWeight {
  const { name, shape, type, chunks } = (weight ?? {}) as Partial<PublishedWeight>;
  const isShape = Array.isArray(shape) && shape.every((side) => Number.isSafeInteger(side) && side >= 0);
  return typeof name === "string" && typeof type === "string" && isShape && Array.isArray(chunks) && chunks.every(isHash);
}

function refuse(name: string, what: string): never {
  throw new DistributedError("bad-payload", `published weights: ${name} has ${what}`);
}
