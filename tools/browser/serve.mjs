import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, normalize, sep } from "node:path";

const types = {
  ".html": "text/html",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/**
 * Serves folders, files and texts on loopback, each under a path of its own.
 *
 * @param {{ readonly [path: string]: string }} folders or files, `{ "/models/": "/tmp/models/" }`
 * @param {{ readonly [path: string]: string }} [texts] `{ "/worker.js": "…" }`
 * @returns {Promise<{ url: string, missing: string[], close: () => Promise<void> }>} `missing`: paths that were asked for in vain
 */
export async function serve(folders, texts = {}) {
  const missing = [];
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname)).replaceAll(sep, "/");
    if (path in texts) {
      response.writeHead(200, { "content-type": types[extname(path)] ?? "text/html" }).end(texts[path]);
      return;
    }
    const [prefix, folder] = Object.entries(folders).find(([one]) => path.startsWith(one)) ?? [];
    const file = prefix && folder + path.slice(prefix.length);
    const found = file && (await stat(file).catch(() => undefined));
    if (!found?.isFile()) {
      missing.push(path);
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream", "content-length": found.size });
    if (request.method === "HEAD") response.end();
    else createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    missing,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
