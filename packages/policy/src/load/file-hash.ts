import { fstatSync } from "node:fs";
import { bfloat16ToFloat32, float16ToFloat32 } from "@cai/safetensors";
import { HashThread } from "./hash-thread.ts";

/** A text in UTF-8, and then numbers of a file that is open, as float32. */
export interface HashedPiece {
  readonly text: string;
  readonly descriptor: number;
  readonly position: number;
  readonly byteLength: number;
  /** How they are stored: F32, F16, BF16 or F64. */
  readonly dtype: string;
}

/**
 * Begins the SHA-256 over pieces of files, in a thread that reads them itself, through the descriptors given, so that a file which is
 * replaced meanwhile stays the same one; they must be open until it has ended. One that is written to has no hash.
 *
 * @param where names the files in messages
 * @param files as they were before anything was read; by itself: as they are now
 */
export function hashFiles(pieces: readonly HashedPiece[], where: string, files = versionsOf(pieces)): HashThread {
  return new HashThread("hash-files.mjs", { pieces, files, tables: tablesFor(pieces) }, where);
}

/** By what a file that is written to is known. */
export function versionsOf(pieces: readonly Pick<HashedPiece, "descriptor">[]) {
  return [...new Set(pieces.map(({ descriptor }) => descriptor))].map((descriptor) => {
    const { size, mtimeNs: modified } = fstatSync(descriptor, { bigint: true });
    return { descriptor, size, modified };
  });
}

/** The bits in float32 of every pattern of 16 bits, for the types that occur: the thread has none of this package's code. */
function tablesFor(pieces: readonly HashedPiece[]): Record<string, Uint32Array> {
  const patterns = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
  const conversions = Object.entries({ F16: float16ToFloat32, BF16: bfloat16ToFloat32 });
  const needed = conversions.filter(([name]) => pieces.some(({ dtype }) => dtype === name));
  return Object.fromEntries(needed.map(([name, convert]) => [name, new Uint32Array(convert(patterns).buffer)]));
}
