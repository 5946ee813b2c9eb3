import type { LoraTargets } from "@cai/policy";
import { DistributedError } from "./error.ts";
import { isHash, sha256 } from "./names.ts";

/** A weight of a published version. Its numbers are a piece of their own, float32, named by their SHA-256: what has not changed has the same. */
export interface PublishedPiece {
  readonly name: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

/** All that is trained, at a moment: without an adapter all weights, with one the adapter's alone. */
export interface WeightManifest {
  /** How a worker makes the adapter, where it has none by itself. */
  readonly lora: { readonly rank: number; readonly alpha: number; readonly targets: LoraTargets } | null;
  readonly pieces: readonly PublishedPiece[];
}

/**
 * Where a learner leaves weights for its workers. All is named by what it holds, so whoever reads proves what was read.
 *
 * Names are checked before they come here: a run's is 16 hexadecimal digits, a version's and a piece's 64.
 */
export interface WeightStore {
  /** Keeps the bytes of a piece; they may be in use elsewhere afterwards. */
  putPiece(run: string, piece: string, bytes: Uint8Array): Promise<void>;
  /** Makes a version known, once all of its pieces are there. */
  publish(run: string, version: string, manifest: string): Promise<void>;
  /** Undefined where it is not there, or not any more. */
  readManifest(run: string, version: string): Promise<string | undefined>;
  readPiece(run: string, piece: string, bytes: number): Promise<Uint8Array | undefined>;
  /** Lets pieces and versions go. */
  drop(run: string, names: { readonly pieces: readonly string[]; readonly versions: readonly string[] }): Promise<void>;
  /** Lets all of a run go. */
  removeRun(run: string): Promise<void>;
}

/** The version's name: the SHA-256 of its manifest, which holds those of its numbers. */
export function writeManifest(manifest: WeightManifest): { readonly version: string; readonly text: string } {
  const text = JSON.stringify(manifest);
  return { version: sha256(text), text };
}

/** @throws DistributedError `bad-payload` for another version's, or what is no manifest. */
export function readManifest(text: string, version: string): WeightManifest {
  if (sha256(text) !== version) refuse(version, "other bytes than its name says");
  const { lora, pieces } = JSON.parse(text) as Partial<WeightManifest>;
  if (!Array.isArray(pieces) || !pieces.every(isPiece) || (lora !== null && typeof lora !== "object"))
    refuse(version, "no list of weights");
  return { lora: lora!, pieces: pieces! };
}

/** Bytes of a piece. */
export const pieceBytes = ({ shape }: Pick<PublishedPiece, "shape">): number =>
  shape.reduce((size, side) => size * side, Float32Array.BYTES_PER_ELEMENT);

/**
 * The numbers of a piece.
 *
 * @throws DistributedError `missing-weights`, and `bad-payload` where they are not those of its name.
 */
export async function readPiece(store: WeightStore, run: string, piece: PublishedPiece): Promise<Float32Array> {
  const bytes = await store.readPiece(run, piece.sha256, pieceBytes(piece));
  if (bytes === undefined)
    throw new DistributedError("missing-weights", `${piece.name} of run ${run} is not in the store of weights any more`);
  if (bytes.byteLength !== pieceBytes(piece) || sha256(bytes) !== piece.sha256) refuse(piece.name, "other bytes than its name says");
  return new Float32Array(new Uint8Array(bytes).buffer);
}

function isPiece(piece: unknown): piece is PublishedPiece {
  const { name, shape, sha256 } = (piece ?? {}) as Partial<PublishedPiece>;
  const isShape = Array.isArray(shape) && shape.every((side) => Number.isSafeInteger(side) && side >= 0);
  return typeof name === "string" && isShape && isHash(sha256);
}

function refuse(name: string, what: string): never {
  throw new DistributedError("bad-payload", `published weights: ${name} has ${what}`);
}
