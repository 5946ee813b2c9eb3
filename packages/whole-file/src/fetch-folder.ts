import type { BrowserFile, BrowserFolder } from "./browser-folder.ts";

/**
 * A folder on a server, to be mounted for reading: a file is fetched when it is opened. What the server answers with 404 is not there; the
 * names in it are not known.
 *
 * @param url of the folder
 * @example
 * const folder = fetchFolder("https://example.org/models/gpt2"); // gpt2/config.json is fetched when it is read
 */
export function fetchFolder(url: string): BrowserFolder {
  const base = url.replace(/\/*$/, "/");
  const readOnly = async (): Promise<never> => {
    throw new DOMException(`${base} is on a server: it can be read only`, "NoModificationAllowedError");
  };
  return {
    kind: "directory",
    name: base,
    async getFileHandle(name, { create = false } = {}) {
      if (create) return readOnly();
      const content = await fetched(`${base}${encodeURIComponent(name)}`);
      return { kind: "file", name, getFile: async () => content, createWritable: readOnly } satisfies BrowserFile;
    },
    getDirectoryHandle: async (name, { create = false } = {}) => (create ? readOnly() : fetchFolder(`${base}${encodeURIComponent(name)}`)),
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
  return answer.blob();
}
