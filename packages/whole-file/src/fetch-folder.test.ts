import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { fetchFolder } from "./fetch-folder.ts";
import { mountFolder } from "./mounts.ts";
import * as system from "./system-browser.ts";

/** `/models`, mounted until the test ends, from a server that answers so. */
async function serve(answer: (url: string) => { readonly status: number; readonly type?: string; readonly body?: string }): Promise<void> {
  const server = createServer(({ url }, response) => {
    const { status, type = "application/octet-stream", body = "" } = answer(url!);
    response.writeHead(status, { "content-type": type }).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  onTestFinished(mountFolder("/models", fetchFolder(`http://127.0.0.1:${(server.address() as AddressInfo).port}/models`)));
}

test("a server's files are read by path; what it lacks is not there, and nothing can be written", async () => {
  await serve((url) => {
    if (url === "/models/gpt2/config.json") return { status: 200, body: "{}" };
    return { status: url === "/models/broken" ? 500 : 404 };
  });
  expect(await system.readFile("/models/gpt2/config.json", "utf8")).toBe("{}");
  expect(await system.exists("/models/gpt2/tokenizer.json")).toBe(false);
  await expect(system.open("/models/broken")).rejects.toThrow("is answered with 500");
  await expect(system.open("/models/new", "wx")).rejects.toMatchObject({ code: "EACCES" });
  await expect(system.readdir("/models")).rejects.toMatchObject({ code: "ENOTSUP" });
});

test("a page in the place of a file that the server does not know is no file", async () => {
  await serve((url) =>
    url.endsWith(".json") ? { status: 200, body: "{}" } : { status: 200, type: "text/html; charset=utf-8", body: "<!doctype html>" },
  );
  expect(await system.exists("/models/config.json")).toBe(true);
  expect(await system.exists("/models/model.gguf")).toBe(false);
  await expect(system.open("/models/model.gguf")).rejects.toMatchObject({ code: "ENOENT" });
  expect(await system.readFile("/models/card.html", "utf8")).toBe("<!doctype html>");
});

test("a file is fetched once, however often it is opened; what failed is asked for again", async () => {
  const asked: string[] = [];
  await serve((url) => {
    asked.push(url);
    return asked.length === 1 ? { status: 503 } : { status: 200, body: "weights" };
  });
  await expect(system.open("/models/gpt2/model.safetensors")).rejects.toThrow("is answered with 503");
  const read = () => system.readFile("/models/gpt2/model.safetensors", "utf8");
  expect(await Promise.all([read(), read(), system.exists("/models/gpt2/model.safetensors")])).toEqual(["weights", "weights", true]);
  expect(await read()).toBe("weights");
  expect(asked).toEqual(["/models/gpt2/model.safetensors", "/models/gpt2/model.safetensors"]);
});
