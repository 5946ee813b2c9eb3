import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { requireFields } from "./constitution.ts";
import { readConstitution } from "./read-constitution.ts";

const text = "principles: [{ name: a, critiqueRequest: b, revisionRequest: c }]\n";

test("the default has sixteen principles with all fields, each with requests and personas of its own", async () => {
  const constitution = await readConstitution("default");
  const { principles } = constitution;
  expect(principles).toHaveLength(16);
  requireFields(constitution, ["comparisonQuestion", "positivePersona", "negativePersona"], "the default");
  for (const field of ["critiqueRequest", "revisionRequest", "comparisonQuestion", "positivePersona", "negativePersona"] as const)
    expect(new Set(principles.map((principle) => principle[field])).size).toBe(16);
  for (const { comparisonQuestion } of principles) expect(comparisonQuestion).toMatch(/^Which answer .*\?$/);
  for (const { revisionRequest } of principles) expect(revisionRequest).toMatch(/^Rewrite the last answer .* Write only the new answer\.$/);
});

test("a file and its text give the same", async () => {
  const file = join(await temporaryFolder(), "c.yaml");
  await writeFile(file, text);
  expect(await readConstitution(file)).toEqual(await readConstitution(text));
  const json = JSON.stringify({ principles: [{ name: "a", critiqueRequest: "b", revisionRequest: "c" }] });
  expect(await readConstitution(json)).toEqual(await readConstitution(text));
});

test("faults name the file, and so does a file that is missing", async () => {
  const file = join(await temporaryFolder(), "c.yaml");
  await expect(readConstitution(file)).rejects.toThrow(
    `${file} can't be read (ENOENT): give a constitution's file, JSON or YAML, or "default"`,
  );
  await writeFile(file, text.replace("name", "nam"));
  await expect(readConstitution(file)).rejects.toThrow(`${file}:1: `);
});
