import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { fetchFolder } from "./fetch-folder.ts";
import { mountFolder } from "./mounts.ts";
import * as system from "./system-browser.ts";

test("a server's files are read by path; what it lacks is not there, and nothing can be written", async () => {
  const server = createServer(({ url }, response) => {
    const found = url === "/models/gpt2/config.json";
    response.writeHead(found ? 200 : url === "/models/broken" ? 500 : 404).end(found ? "{}" : "");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  onTestFinished(mountFolder("/models", fetchFolder(`http://127.0.0.1:${(server.address() as AddressInfo).port}/models`)));

  expect(await system.readFile("/models/gpt2/config.json", "utf8")).toBe("{}");
  expect(await system.exists("/models/gpt2/tokenizer.json")).toBe(false);
  await expect(system.open("/models/broken")).rejects.toThrow("is answered with 500");
  await expect(system.open("/models/new", "wx")).rejects.toMatchObject({ code: "EACCES" });
  await expect(system.readdir("/models")).rejects.toMatchObject({ code: "ENOTSUP" });
});
