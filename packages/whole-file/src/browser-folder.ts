/**
 * A folder as a browser gives it: the part of the File System standard's `FileSystemDirectoryHandle` that is used here. The handles of
 * `showDirectoryPicker()` and `navigator.storage.getDirectory()` are such folders; `memoryFolder` and `fetchFolder` make others.
 */
export interface BrowserFolder {
  readonly kind: "directory";
  readonly name: string;
  getFileHandle(name: string, options?: { readonly create?: boolean }): Promise<BrowserFile>;
  getDirectoryHandle(name: string, options?: { readonly create?: boolean }): Promise<BrowserFolder>;
  removeEntry(name: string, options?: { readonly recursive?: boolean }): Promise<void>;
  /** Names of what it holds. */
  keys(): AsyncIterable<string>;
}

/** A file as a browser gives it: the part of `FileSystemFileHandle` that is used here. */
export interface BrowserFile {
  readonly kind: "file";
  readonly name: string;
  getFile(): Promise<Blob & { readonly lastModified?: number }>;
  createWritable(options?: { readonly keepExistingData?: boolean }): Promise<BrowserWritable>;
}

/** What is written is in the file once it is closed, all of it at once. */
export interface BrowserWritable {
  write(data: Blob | Uint8Array<ArrayBuffer>): Promise<void>;
  seek(position: number): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

/**
 * All files of a folder and of those in it, by their paths from it, in the order of the paths: for a download.
 *
 * @example
 * import { memoryFolder } from "@cai/whole-file/browser";
 *
 * const files = await filesOf(memoryFolder({ "a/b.txt": "two", "c.txt": "one" }));
 * console.log([...files.keys()].join(" ")); // a/b.txt c.txt
 */
export async function filesOf(folder: BrowserFolder): Promise<ReadonlyMap<string, Blob>> {
  const files = new Map<string, Blob>();
  const visit = async (from: BrowserFolder, prefix: string): Promise<void> => {
    const names: string[] = [];
    for await (const name of from.keys()) names.push(name);
    for (const name of names.sort()) {
      const found = await entryOf(from, name);
      if (found.kind === "file") files.set(prefix + name, await found.getFile());
      else await visit(found, `${prefix}${name}/`);
    }
  };
  await visit(folder, "");
  return files;
}

/** What has the name in a folder; rejects as the folder does where nothing has. */
export function entryOf(folder: BrowserFolder, name: string): Promise<BrowserFile | BrowserFolder> {
  return folder.getFileHandle(name).catch((error: unknown) => {
    if ((error as Partial<Error>).name === "TypeMismatchError") return folder.getDirectoryHandle(name);
    throw error;
  });
}
