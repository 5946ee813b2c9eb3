import type { BrowserFile, BrowserFolder, BrowserWritable } from "./browser-folder.ts";

/**
 * A folder in memory, to be mounted: for files that a page has fetched, or for what is to be downloaded. It goes with the page.
 *
 * @param files contents by path, `/` between names.
 * @example
 * const folder = memoryFolder({ "config.json": "{}", "shards/one.bin": Uint8Array.of(1, 2) });
 * const file = await (await folder.getFileHandle("config.json")).getFile();
 * console.log(await file.text()); // {}
 */
export function memoryFolder(files: Readonly<Record<string, string | Uint8Array<ArrayBuffer> | Blob>> = {}): BrowserFolder {
  const root = new MemoryFolder("memory");
  for (const [path, content] of Object.entries(files)) root.put(path.split("/"), new Blob([content]));
  return root;
}

class MemoryFolder implements BrowserFolder {
  readonly kind = "directory";
  readonly name: string;
  readonly #entries = new Map<string, MemoryFolder | MemoryFile>();

  constructor(name: string) {
    this.name = name;
  }

  put([name = "", ...inner]: readonly string[], content: Blob): void {
    if (inner.length > 0) this.#made(name, MemoryFolder, true).put(inner, content);
    else this.#made(name, MemoryFile, true).content = content;
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<BrowserFile> {
    return this.#made(name, MemoryFile, create);
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<BrowserFolder> {
    return this.#made(name, MemoryFolder, create);
  }

  async removeEntry(name: string, { recursive = false } = {}): Promise<void> {
    const found = this.#entries.get(name);
    if (found === undefined) throw new DOMException(`there is no ${name}`, "NotFoundError");
    if (found instanceof MemoryFolder && !recursive && found.#entries.size > 0)
      throw new DOMException(`${name} is not empty`, "InvalidModificationError");
    this.#entries.delete(name);
  }

  async *keys(): AsyncIterable<string> {
    yield* [...this.#entries.keys()];
  }

  #made<Entry extends MemoryFolder | MemoryFile>(name: string, kind: new (name: string) => Entry, create: boolean): Entry {
    let found = this.#entries.get(name);
    if (found === undefined) {
      if (!create) throw new DOMException(`there is no ${name}`, "NotFoundError");
      found = new kind(name);
      this.#entries.set(name, found);
    }
    if (!(found instanceof kind)) throw new DOMException(`${name} is a ${found.kind}`, "TypeMismatchError");
    return found;
  }
}

class MemoryFile implements BrowserFile {
  readonly kind = "file";
  readonly name: string;
  content = new Blob([]);

  constructor(name: string) {
    this.name = name;
  }

  async getFile(): Promise<Blob> {
    return this.content;
  }

  async createWritable({ keepExistingData = false } = {}): Promise<BrowserWritable> {
    const kept = keepExistingData ? this.content : new Blob([]);
    const pieces: (Blob | Uint8Array<ArrayBuffer>)[] = [];
    return {
      write: async (data) => void pieces.push(data instanceof Blob ? data : data.slice()),
      async seek(position) {
        if (pieces.length > 0 || position !== kept.size)
          throw new DOMException("files in memory are written on at their end", "SyntaxError");
      },
      close: async () => {
        this.content = new Blob([kept, ...pieces]);
      },
      abort: async () => void pieces.splice(0),
    };
  }
}
