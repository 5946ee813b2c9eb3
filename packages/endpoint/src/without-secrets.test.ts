import { expect, test } from "vitest";
import { lacksSecrets, withoutSecrets } from "./without-secrets.ts";

test.each([
  ["http://host:8000/score", "http://host:8000/score"],
  ["https://ann:secret@host/score", "https://…@host/score"],
  ["https://secret@host", "https://…@host"],
  ["rediss://:secret@host:6380/0", "rediss://…@host:6380/0"],
  ["https://ann:sec@ret@host/a@b", "https://…@host/a@b"],
  ["https://host/score?key=secret&other=secret", "https://host/score?key=…&other=…"],
  ["https://host/score?secret", "https://host/score?…"],
  ["https://host/score?a=secret?secret#secret", "https://host/score?a=…&…"],
  ["HTTPS:\\\\ann:secret@host", "HTTPS:\\\\…@host"],
  ["./folder?a=b", "./folder?a=b"],
  ["owner/name@v1", "owner/name@v1"],
])("%s is shown as %s", (address, shown) => {
  expect(withoutSecrets(address)).toBe(shown);
  expect(withoutSecrets(shown)).toBe(shown);
  expect(lacksSecrets(shown)).toBe(shown !== address);
});
