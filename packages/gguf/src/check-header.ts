import { GgufError } from "./error.ts";
import { HeaderCursor } from "./header-cursor.ts";
import type { SizedFile } from "./read-bytes.ts";

/** Where the bytes of a text stand in the file. */
interface TextPlace {
  readonly position: number;
  readonly length: number;
}

/** What is known of a header whose every length and count fits the file. */
export interface CheckedHeader {
  /** Metadata keys, each with the place of its text or, for a list of texts, of the last one. */
  readonly keys: ReadonlyMap<string, TextPlace | undefined>;
  /** The byte after the header. */
  readonly end: number;
}

/** "GGUF", read as a little-endian number. */
const magic = 0x46554747;
const supportedVersions = [2, 3];
/** The reference's own limits. */
const longestKey = 65_535;
const longestTensorName = 65_535;
const mostDimensions = 4;
const deepestList = 4;
/** What the parser can hold of a file. */
const longestHeader = 47_000_000;
/** A key of no letters with a value of one byte; a tensor without a name or a dimension. */
const smallestEntry = 8 + 4 + 1;
const smallestTensor = 8 + 4 + 4 + 8;

const scalarBytes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const stringType = 8;
const listType = 9;

/**
 * Goes through a header without keeping it, so that the parser, which allocates what a header asks for, sees only headers whose lengths
 * and counts fit the file. Names keys and tensors, each once.
 *
 * @throws GgufError
 */
export async function checkHeader(file: SizedFile): Promise<CheckedHeader> {
  const cursor = new HeaderCursor(file);
  await checkVersion(file, cursor);
  const tensorCount = await cursor.uint64("the count of tensors");
  const keyCount = await cursor.uint64("the count of metadata keys");
  cursor.expect(tensorCount, smallestTensor, "the list of tensors");
  cursor.expect(keyCount, smallestEntry, "the metadata");

  const keys = new Map<string, TextPlace | undefined>();
  for (let i = 0; i < keyCount; i++) {
    const key = await cursor.string(longestKey, `metadata key ${i + 1} of ${keyCount}`);
    if (keys.has(key)) throw cursor.refuse(`metadata key "${key}" stands twice`);
    keys.set(key, await skipValue(cursor, await cursor.uint32(`metadata key "${key}"`), `metadata key "${key}"`));
    checkLength(cursor);
  }
  const names = new Set<string>();
  for (let i = 0; i < tensorCount; i++) {
    const name = await cursor.string(longestTensorName, `tensor ${i + 1} of ${tensorCount}`);
    if (names.has(name)) throw cursor.refuse(`tensor "${name}" stands twice`);
    names.add(name);
    await skipTensor(cursor, `tensor "${name}"`);
    checkLength(cursor);
  }
  return { keys, end: cursor.position };
}

async function checkVersion(file: SizedFile, cursor: HeaderCursor): Promise<void> {
  if (file.length < 24 || (await cursor.uint32("the format's mark")) !== magic)
    throw new GgufError("bad-file", `${file.path} does not begin as a GGUF file: it is another format, or damaged`);
  const version = await cursor.uint32("the version");
  if (supportedVersions.includes(version)) return;
  const given = (version & 0xffff) === 0 ? "big-endian" : `of version ${version}`;
  throw new GgufError("unsupported", `${file.path} is a GGUF file ${given}: supported are little-endian files of version 2 and 3`);
}

/** @returns the place of a text, or of the last text of a list */
async function skipValue(cursor: HeaderCursor, type: number, what: string, depth = 0): Promise<TextPlace | undefined> {
  const bytes = scalarBytes[type];
  if (bytes !== undefined) {
    cursor.skip(1, bytes, what);
    return undefined;
  }
  if (type === stringType) return cursor.skipString(what);
  if (type !== listType) throw cursor.refuse(`${what} has a value of the unknown type ${type}`);
  if (depth === deepestList) throw cursor.refuse(`${what} has lists within lists deeper than ${deepestList}`);
  const elementType = await cursor.uint32(what);
  const count = await cursor.uint64(what);
  const elementBytes = scalarBytes[elementType];
  if (elementBytes !== undefined) {
    cursor.skip(count, elementBytes, what);
    return undefined;
  }
  cursor.expect(count, 8, what);
  let last: TextPlace | undefined;
  for (let i = 0; i < count; i++) last = await skipValue(cursor, elementType, what, depth + 1);
  return elementType === stringType ? last : undefined;
}

async function skipTensor(cursor: HeaderCursor, what: string): Promise<void> {
  const dimensions = await cursor.uint32(what);
  if (dimensions > mostDimensions) throw cursor.refuse(`${what} has ${dimensions} dimensions: at most ${mostDimensions} are possible`);
  cursor.skip(dimensions, 8, what);
  cursor.skip(1, 4 + 8, what);
}

function checkLength(cursor: HeaderCursor): void {
  if (cursor.position > longestHeader) throw cursor.refuse(`its header is longer than ${longestHeader} bytes, the most that is read here`);
}
