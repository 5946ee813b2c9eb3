import { expect, test } from "vitest";
import { requireFields } from "./constitution.ts";
import { parseConstitution } from "./parse-constitution.ts";

const yaml = `# mine
name: small
principles:
  - name: brevity
    critiqueRequest: What is too long?
    revisionRequest: >-
      Shorten
      it.
  - name: calm
    critiqueRequest: What isn't calm?
    revisionRequest: Be calm.
    comparisonQuestion: Which is calmer?
    positivePersona: Be calm.
    negativePersona: Be angry.
    weight: 2.5
examples:
  - { principle: calm, prompt: Hi., response: What?, critique: Rude., revision: Hello. }
`;
const content = {
  name: "small",
  principles: [
    { name: "brevity", critiqueRequest: "What is too long?", revisionRequest: "Shorten it.", weight: 1 },
    {
      name: "calm",
      critiqueRequest: "What isn't calm?",
      revisionRequest: "Be calm.",
      comparisonQuestion: "Which is calmer?",
      positivePersona: "Be calm.",
      negativePersona: "Be angry.",
      weight: 2.5,
    },
  ],
  examples: [{ principle: "calm", prompt: "Hi.", response: "What?", critique: "Rude.", revision: "Hello." }],
};

test("YAML and JSON, however they are laid out, give the same constitution and the same hash", () => {
  const { sha256, ...read } = parseConstitution(yaml);
  expect(read).toEqual(content);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  for (const text of [JSON.stringify(content), JSON.stringify(content, null, "\t"), JSON.stringify(content, null, 2)])
    expect(parseConstitution(text)).toEqual({ ...content, sha256 });
});

test("the hash tells any two contents apart, and neither comments, the order of fields nor defaults that are written out", () => {
  const { sha256 } = parseConstitution(yaml);
  const { examples, principles, name } = content;
  expect(parseConstitution(JSON.stringify({ examples, principles, name })).sha256).toBe(sha256);
  expect(parseConstitution(yaml.replace("2.5", "2.6")).sha256).not.toBe(sha256);
  expect(parseConstitution(yaml.replace("Hello.", "Hello!")).sha256).not.toBe(sha256);
});

test("names and requests are enough", () => {
  const text = "principles: [{ name: a, critiqueRequest: b, revisionRequest: c }]";
  expect(parseConstitution(text)).toMatchObject({ name: "constitution", examples: [], principles: [{ weight: 1 }] });
});

test.each([
  ["weight: 2.5", "weight: -1", "c.yaml:15: principles[1].weight is -1: expected a number above 0"],
  ["weight: 2.5", "weight: 0", "c.yaml:15: principles[1].weight is 0: expected a number above 0"],
  ["weight: 2.5", "weight: much", 'c.yaml:15: principles[1].weight is "much": expected a number'],
  ["weight: 2.5", "weight: .inf", "c.yaml:15: principles[1].weight is"],
  ["    critiqueRequest: What isn't calm?\n", "", "c.yaml:9: principles[1].critiqueRequest is missing: expected text"],
  ["critiqueRequest: What isn't calm?", "critiqueRequest: 5", "c.yaml:10: principles[1].critiqueRequest is 5: expected text"],
  ["critiqueRequest: What isn't calm?", "critiqueRequest: '  '", 'c.yaml:10: principles[1].critiqueRequest is "  ": expected some text'],
  [
    "critiqueRequest: What isn't",
    "critiquerequest: x",
    "c.yaml:10: principles[1]: unknown field critiquerequest: did you mean critiqueRequest?",
  ],
  ["name: calm", "name: brevity", 'c.yaml:9: principles[1].name is "brevity", as principles[0].name is: expected a name of its own'],
  ["principle: calm", "principle: calms", "c.yaml:17: examples[0]: unknown principle calms: did you mean calm?"],
  [", revision: Hello.", "", "c.yaml:17: examples[0].revision is missing: expected text"],
  ["principles:", "principals:", "c.yaml:3: unknown field principals: did you mean principles?"],
  ["name: small", "name: small\nname: other", "c.yaml:3: neither JSON nor YAML: Map keys must be unique"],
  ["name: small", "name: [small", "c.yaml:3: neither JSON nor YAML"],
])("%s → %s is refused with file, line and field", (before, after, message) => {
  const text = yaml.replace(before, after);
  expect(text).not.toBe(yaml);
  expect(() => parseConstitution(text, "c.yaml")).toThrow(message);
  try {
    parseConstitution(text, "c.yaml");
  } catch (error) {
    expect(error).toMatchObject({ code: "bad-constitution" });
  }
});

test.each([
  ["principles: *all", "c.yaml is neither JSON nor YAML: "],
  ["just words", 'c.yaml holds "just words": expected'],
  ["", "c.yaml holds null: expected"],
  ["- a", "c.yaml holds a list: expected"],
  ["principles: []", "c.yaml:1: principles is an empty list: expected at least one"],
  ["principles: all", 'c.yaml:1: principles is "all": expected a list'],
  ["name: x", "c.yaml:1: principles is missing: expected a list"],
  ["principles:\n  - brevity", 'c.yaml:2: principles[0] is "brevity": expected an object'],
])("%j is refused", (text, message) => {
  expect(() => parseConstitution(text, "c.yaml")).toThrow(message);
});

test("the first five faults are told at once, and how many are left", () => {
  const principles = Array.from({ length: 4 }, (_, i) => `  - { name: p${i}, critiqueRequest: "", revisionRequest: 1 }`).join("\n");
  const lines = message(() => parseConstitution(`principles:\n${principles}`, "c.yaml")).split("\n");
  expect(lines).toHaveLength(6);
  expect(lines[0]).toBe('c.yaml:2: principles[0].critiqueRequest is "": expected some text');
  expect(lines[5]).toBe("and 3 more");
});

test("fields that a use needs are asked for before it is begun, naming the principles without them", () => {
  const constitution = parseConstitution(yaml);
  expect(() => requireFields(constitution, ["comparisonQuestion"], 'labeller "choice"')).toThrow(
    'labeller "choice" needs comparisonQuestion in every principle; "brevity" of constitution "small" lacks it',
  );
  const full = parseConstitution(JSON.stringify({ principles: [content.principles[1]] }));
  expect(() => requireFields(full, ["comparisonQuestion", "positivePersona", "negativePersona"], "all")).not.toThrow();
});

function message(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}
