import type { BrowserFile, BrowserFolder } from "./browser-folder.ts";

/**
 * A folder on a server, to be mounted for reading: a file is fetched when it is first opened or looked for, and kept, where the browser keeps blobs, as
 * long as the folder is. What the server answers with 404 is not there, and neither is what it answers with a page (`text/html`) though the name is not
 * one's, as servers of applications do for every path that they don't know. The names in the folder are not known.
 *
 * @param url of the folder
 * @example
 * const folder = fetchFolder("https://example.org/models/gpt2"); // gpt2/config.json is fetched when it is read
 */
export function fetchFolder(url: string): BrowserFolder {
  const base = url.replace(/\/*$/, "/");
  const kept = new Map<string, Promise<Blob>>();
  const folders = new Map<string, BrowserFolder>();
  const readOnly = async (): Promise<never> => {
    throw new DOMException(`${base} is on a server: it can be read only`, "NoModificationAllowedError");
  };
  return {
    kind: "directory",
    name: base,
    async getFileHandle(name, { create = false } = {}) {
      if (create) return readOnly();
      const known = kept.get(name) ?? fetched(`${base}${encodeURIComponent(name)}`);
      kept.set(name, known);
      const content = await known.catch((error: unknown) => {
        kept.delete(name);
        throw error;
      });
      return { kind: "file", name, getFile: async () => content, createWritable: readOnly } satisfies BrowserFile;
    },
    async getDirectoryHandle(name, { create = false } = {}) {
      if (create) return readOnly();
      const folder = folders.get(name) ?? fetchFolder(`${base}${encodeURIComponent(name)}`);
      folders.set(name, folder);
      return folder;
    },
    removeEntry: readOnly,
    keys() {
      throw new DOMException(`${base} is on a server, which does not tell the names of its files`, "NotSupportedError");
    },
  };
}

async function fetched(url: string): Promise<Blob> {
  const answer = await fetch(url);
  if (answer.status === 404) throw new DOMException(`there is no ${url}`, "NotFoundError");
  if (!answer.ok) throw new DOMException(`${url} is answered with ${answer.status} ${answer.statusText}`, "NetworkError");
  if (isPageInstead(answer, url)) throw new DOMException(`there is no ${url}: the server answers with a page`, "NotFoundError");
  return answer.blob();
}

const isPageInstead = ({ headers }: Response, url: string): boolean =>
  /^text\/html\b/i.test(headers.get("content-type") ?? "") && !/\.html?$/i.test(url);
