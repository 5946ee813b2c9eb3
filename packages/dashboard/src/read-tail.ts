import { constants, open } from "node:fs/promises";

/** What was added to a file of lines since a place in it. */
export interface Tail {
  /** Whole lines, each with its line break; empty where nothing was added. */
  readonly text: string;
  /** The place behind them, for the next call. */
  readonly next: string;
  /** Whether what was read before no longer stands there: the file was written anew, as a resumed run does that cuts its last lines. */
  readonly isNew: boolean;
  /** Whether more is there already. */
  readonly more: boolean;
}

/** What is read at once, at most. */
const most = 4 << 20;
const lineBreak = 0x0a;
/** No link, which may lead out of the run's folder, and no waiting for whoever writes into a pipe. Windows knows neither. */
const reading = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The whole lines of a file behind `from`, a few megabytes at most. A last line without its line break is being written and comes later. A file
 * that isn't there, or is a link, has none.
 *
 * @param from `next` of the call before; anything else is the beginning.
 */
export async function readTail(path: string, from: string): Promise<Tail> {
  const file = await open(path, reading).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ELOOP") return undefined;
    throw error;
  });
  const nothing: Tail = { text: "", next: "", isNew: from !== "", more: false };
  if (file === undefined) return nothing;
  try {
    const found = await file.stat();
    if (!found.isFile()) return nothing;
    const { ino, size } = found;
    const [name, place = ""] = from.split(":");
    const isNew = name !== `${ino}` || !(Number(place) <= size);
    const begin = isNew ? 0 : Number(place);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(most, size - begin)), 0, null, begin);
    const lines = buffer.subarray(0, bytesRead).lastIndexOf(lineBreak) + 1;
    // A line longer than what is read at once is no line of a run's: its beginning is passed over.
    const taken = lines === 0 && bytesRead === most ? bytesRead : lines;
    return { text: buffer.toString("utf8", 0, lines), next: `${ino}:${begin + taken}`, isNew, more: begin + bytesRead < size };
  } finally {
    await file.close();
  }
}
