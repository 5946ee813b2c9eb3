import { expect, test } from "vitest";
import { readAddress } from "./read-address.ts";

const kind = "reward endpoint";

test("a user and password in the address become a header, and its name holds neither them nor the query", () => {
  const { url, headers, name } = readAddress({ url: "http://ann:p%3Aq@host:8000/score?key=secret", kind });
  expect(url.href).toBe("http://host:8000/score?key=secret");
  expect(headers).toEqual({ authorization: `Basic ${Buffer.from("ann:p:q").toString("base64")}` });
  expect(name).toBe("http://host:8000/score");
});

test("a password that is no %-encoding is taken as it stands", () => {
  const { headers } = readAddress({ url: "http://ann:50%@host/", kind });
  expect(headers).toEqual({ authorization: `Basic ${Buffer.from("ann:50%").toString("base64")}` });
});

test("keys are hidden in texts: of headers, of the address, of its query", () => {
  const headers = { authorization: "Bearer sk-abcdef" };
  const { hide } = readAddress({ url: "http://ann:correct-horse@host/?key=query-key", headers, kind });
  expect(hide('the key "sk-abcdef" is not correct-horse, nor query-key; Bearer or key is said')).toBe(
    'the key "…" is not …, nor …; Bearer or key is said',
  );
});

test.each(["localhost:8000", "ftp://host/score", "", "http://"])("%o is refused", (url) => {
  expect(() => readAddress({ url, kind })).toThrow(`${url} is no address of a reward endpoint: wanted http://… or https://…`);
});

test("an address that is refused shows no password and no query", () => {
  expect(() => readAddress({ url: "ftp://ann:secret@host/score?key=secret", kind })).toThrow(/^ftp:\/\/host\/score is no address/);
});

test.each([{ "x-key": "secret\nline" }, { "x-key": "секрет" }, { "x key": "secret" }])(
  "headers that can't be sent are refused",
  (headers) => {
    const refused = () => readAddress({ url: "http://host", headers, kind });
    expect(refused).toThrow(`the header "${Object.keys(headers)[0]}" can't be sent`);
    expect(refused).not.toThrow(/secret|секрет/);
  },
);

test("a user, a short password and what is written with % are hidden too", () => {
  const { hide } = readAddress({ url: "http://anna:p%2Bw1@host/?key=a%20b%2Fc", kind });
  expect(hide("anna has p+w1 or p%2Bw1, and a b/c or a%20b%2Fc")).toBe("… has … or …, and … or …");
});
