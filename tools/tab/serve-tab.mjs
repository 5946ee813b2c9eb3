// @ts-check
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { tabFiles } from "./tab-files.mjs";

const types = /** @type {Record<string, string>} */ ({
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
});

/**
 * Serves an empty page with what training in it needs, and a worker's program, on loopback.
 *
 * @param {string} program
 * @returns {Promise<{ readonly url: string, readonly close: () => Promise<void> }>}
 */
export async function serveTab(program) {
  const texts = /** @type {Record<string, string>} */ ({ "": "<!doctype html>", "worker.js": program });
  const server = createServer(async (request, response) => {
    const path = (request.url ?? "").slice(1);
    const file = tabFiles[path];
    const content = texts[path] ?? (file && (await readFile(file)));
    response.writeHead(content === undefined ? 404 : 200, {
      "content-type": path === "" ? "text/html" : (types[extname(path)] ?? "application/octet-stream"),
    });
    response.end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/`, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
