import { constants, dirname, type FileHandle, open, realpath, relative, resolve, sep } from "#system";

/** Absent on Windows, which has no pipes among its files. */
const withoutWaiting = constants.O_NONBLOCK ?? 0;

/** What V8 can hold as one text. */
const longestText = 2 ** 29 - 25;

export interface OpenOptions {
  /** The folder whose file it is said to be: a link that leads out of it is refused, but for a hub cache's into its own blobs. */
  readonly within?: string;
}

/**
 * Opens a file of somebody else's for reading. What is no file is refused at once: opening a pipe would wait for a writer, and a device has
 * no end. The caller closes it.
 *
 * Rejects with the system's error, or a plain one that says what the path is.
 *
 * @example
 * const handle = await openFile("gpt2/config.json", { within: "gpt2" });
 * await handle.close();
 */
export async function openFile(path: string, { within }: OpenOptions = {}): Promise<FileHandle> {
  if (within !== undefined) await refuseLinkOutside(path, within);
  const handle = await open(path, constants.O_RDONLY | withoutWaiting);
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new Error(`it is ${status.isDirectory() ? "a folder" : "a pipe or device"}, expected a file`);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The text of a file, opened as `openFile` does it; as UTF-8, where what is none becomes the replacement character.
 *
 * @example
 * await readTextFile("gpt2/config.json", { within: "gpt2" });
 */
export async function readTextFile(path: string, options: OpenOptions = {}): Promise<string> {
  const handle = await openFile(path, options);
  try {
    const { size } = await handle.stat();
    if (size > longestText) throw new Error(`it has ${size} bytes, more than a text can have here`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

async function refuseLinkOutside(path: string, within: string): Promise<void> {
  const [target, folder] = await Promise.all([realpath(path), realpath(within)]);
  if (isInside(target, folder)) return;
  const blobs = await blobsOf(folder);
  if (blobs !== undefined && isInside(target, blobs)) return;
  throw new Error(`it is a link that leads out of ${within}: put the file itself there`);
}

const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
};

/** Where a folder is a snapshot in Hugging Face's cache (`models--…/snapshots/<commit>`), the folder that its links point into. */
async function blobsOf(folder: string): Promise<string | undefined> {
  for (let inner = folder, outer = dirname(folder); outer !== inner; [inner, outer] = [outer, dirname(outer)]) {
    if (!inner.endsWith(`${sep}snapshots`) || !/[\\/]models--[^\\/]+$/.test(outer)) continue;
    return realpath(resolve(outer, "blobs")).catch(() => undefined);
  }
  return undefined;
}
