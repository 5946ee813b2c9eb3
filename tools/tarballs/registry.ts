import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A package as `npm publish` would send it. */
export interface Tarball {
  readonly manifest: { readonly name: string; readonly version: string; readonly exports?: unknown; readonly bin?: unknown };
  readonly file: string;
}

/**
 * A registry on the loopback that has these packages and no others: an `.npmrc` names it for their scope alone.
 *
 * @example
 * const { url, close } = await openRegistry(tarballs);
 * await writeFile(".npmrc", `@cai:registry=${url}\n`);
 */
export async function openRegistry(tarballs: readonly Tarball[]): Promise<{ readonly url: string; close(): void }> {
  const byName = new Map(tarballs.map((tarball) => [tarball.manifest.name, tarball]));
  // npm caches what it has read by address: another run has another one, also where it gets the same port.
  const root = `/${Date.now()}/`;
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    const [name, tail] = path.startsWith(root) ? path.slice(root.length).split("/-/") : [];
    const tarball = byName.get(name ?? "");
    if (tarball === undefined) response.writeHead(404).end();
    else if (tail === undefined) response.writeHead(200, { "content-type": "application/json" }).end(packument(tarball, url));
    else response.writeHead(200, { "content-type": "application/octet-stream" }).end(readFileSync(tarball.file));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${root}`;
  return { url, close: () => void server.close() };
}

/** What a registry answers about a package that has one version. */
function packument({ manifest, file }: Tarball, url: string): string {
  const { name, version } = manifest;
  const integrity = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
  const dist = { tarball: `${url}${name}/-/${version}.tgz`, integrity };
  return JSON.stringify({ name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } });
}
