import { expect, test } from "vitest";
import { type Outcome, readGolden } from "../golden.fixture.ts";
import { JinjaError } from "./error.ts";
import { Template } from "./template.ts";

const { variables, cases } = readGolden<{
  readonly variables: Record<string, unknown>;
  readonly cases: readonly (Outcome & { readonly template: string })[];
}>("pieces.json");

/** What Python renders and this implementation refuses. */
const unsupported = new Set(
  [
    "'straße'.casefold()",
    "s.encode('utf-8')",
    "'<p>Hello  <b>x</b></p>' | striptags",
    "'abc' | wordwrap(2)",
    "{'class': 'x', 'id': none} | xmlattr",
    "1.real",
    "1.bit_length()",
    "1.5.is_integer()",
    "'\\N{BULLET}'",
    "self is defined",
    "2 ** 2.5",
    "(-8) ** 0.5",
  ].map((expression) => `{{ ${expression} }}`),
);

const rendered = cases.filter(({ template, text }) => text !== undefined && !unsupported.has(template));
const refused = cases.filter(({ text }) => text === undefined);

test.each(rendered)("$template renders as in Python", ({ template, text }) => {
  expect(new Template(template).render(variables)).toBe(text);
});

test.each(refused)("$template is refused, as in Python ($error)", ({ template }) => {
  expect(() => new Template(template).render(variables)).toThrow(JinjaError);
});

test.each([...unsupported])("%s is refused, which Python renders", (template) => {
  expect(() => new Template(template).render(variables)).toThrow(/is not supported here/);
});
