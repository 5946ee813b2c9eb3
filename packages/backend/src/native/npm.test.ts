import { expect, test } from "vitest";
import { npmReason } from "./npm.mjs";

test("npm's reason is the first line that is a sentence", () => {
  const offline =
    "npm warn Unknown user config\nnpm error code ECONNREFUSED\nnpm error syscall connect\nnpm error FetchError: request failed\nnpm error A complete log";
  expect(npmReason(offline)).toBe("FetchError: request failed");
  const old = "npm ERR! code EUSAGE\nnpm ERR! \nnpm ERR! `npm ci` can only install packages when in sync.\n";
  expect(npmReason(old)).toBe("`npm ci` can only install packages when in sync.");
  expect(npmReason("")).toBe("it said nothing");
});
