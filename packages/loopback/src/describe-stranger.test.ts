import { expect, test } from "vitest";
import { describeStranger } from "./describe-stranger.ts";

const describeAt = (headers: Record<string, string>) => describeStranger(new Headers(headers), 7007);

test.each([
  { host: "127.0.0.1:7007" },
  { host: "localhost:7007" },
  { host: "localhost:7007", origin: "http://localhost:7007" },
  { host: "127.0.0.1:7007", origin: "http://localhost:7007" },
])("this machine's own names, and its own pages: $host $origin", (headers) => {
  expect(describeAt(headers)).toBeUndefined();
});

test.each([
  [{ host: "evil.example:7007" }, "this address is for this machine alone: ask 127.0.0.1 or localhost"],
  [{ host: "127.0.0.1:7008" }, "this address is for this machine alone: ask 127.0.0.1 or localhost"],
  [{ host: "127.0.0.1" }, "this address is for this machine alone: ask 127.0.0.1 or localhost"],
  [{}, "this address is for this machine alone: ask 127.0.0.1 or localhost"],
  [{ host: "localhost:7007", origin: "https://evil.example" }, "another page may not ask here"],
  [{ host: "localhost:7007", origin: "http://localhost:3000" }, "another page may not ask here"],
  [{ host: "localhost:7007", origin: "https://localhost:7007" }, "another page may not ask here"],
  [{ host: "localhost:7007", origin: "null" }, "another page may not ask here"],
])("nobody else: %o", (headers, why) => {
  expect(describeAt(headers)).toBe(why);
});
