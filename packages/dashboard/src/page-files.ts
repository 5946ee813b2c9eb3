import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the page, by the path that it is asked for. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/**
 * All files that a page is made of, read once: what is not among them isn't served, whatever a path says.
 *
 * @param home the one that stands at `/`; other pages' are left out.
 */
export async function readPageFiles(home: string): Promise<ReadonlyMap<string, PageFile>> {
  // From src/ as from dist/: the page is published as it stands there.
  const own = fileURLToPath(new URL("../src/page/", import.meta.url));
  const { resolve } = createRequire(import.meta.url);
  const names = (await readdir(own)).filter((name) => types[extname(name)] !== undefined && (extname(name) !== ".html" || name === home));
  const paths: [string, string][] = [
    ...names.map((name): [string, string] => [name === home ? "/" : `/${name}`, join(own, name)]),
    ["/uplot.js", resolve("uplot/dist/uPlot.esm.js")],
    ["/uplot.css", resolve("uplot/dist/uPlot.min.css")],
  ];
  const files = paths.map(async ([path, file]): Promise<[string, PageFile]> => {
    const bytes = new Uint8Array(await readFile(file));
    return [path, { type: types[extname(file)]!, bytes }];
  });
  return new Map(await Promise.all(files));
}
