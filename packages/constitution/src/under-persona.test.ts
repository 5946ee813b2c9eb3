import { expect, test } from "vitest";
import { underPersona } from "./under-persona.ts";

test("a persona is a system message above the conversation, in one with its own", () => {
  const user = { role: "user", content: "Hello." };
  expect(underPersona("You are calm.", [user])).toEqual([{ role: "system", content: "You are calm." }, user]);
  expect(underPersona("You are calm.", [{ role: "system", content: "Be brief." }, user])).toEqual([
    { role: "system", content: "You are calm.\n\nBe brief." },
    user,
  ]);
});
