import type { ListFileEntry } from "@huggingface/hub";
import { HubError } from "./error.ts";
import { bothReadings, type HubId } from "./hub-id.ts";

/** A file as the hub lists it. */
export interface ListedFile {
  /** Within the repository. */
  readonly name: string;
  readonly size: number;
  /** SHA-256 of a large file, git's SHA-1 of a small one, in hexadecimal: also its name among the blobs. */
  readonly hash: string;
}

/** Nothing that begins with a dot, but for a file of the root: it could point anywhere. */
const usableName = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$|^\.\w[\w.-]*$/;

/**
 * An entry of the hub's listing, checked, for its fields become names of files here; undefined for folders and names of no use.
 *
 * @throws HubError `hub-failed`
 */
export function listedFile(entry: ListFileEntry, id: HubId): ListedFile | undefined {
  const { type, path, size, oid, lfs } = (entry ?? {}) as Partial<ListFileEntry>; // whatever a stranger's hub sends
  if (type !== "file" || typeof path !== "string" || !usableName.test(path)) return undefined;
  const hash = lfs?.oid ?? oid;
  if (typeof hash !== "string" || !(lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(hash) || !isSize(size))
    throw new HubError("hub-failed", `${bothReadings(id)} is listed with no usable hash or size for ${path}: try again later`);
  return { name: path, size, hash };
}

const isSize = (size: unknown): size is number => Number.isSafeInteger(size) && (size as number) >= 0;
