import { expect, test } from "vitest";
import { JinjaError } from "./error.ts";
import { Template } from "./template.ts";

const twice = (body: string) => `{% for a in range(100000) %}{% for b in range(100000) %}${body}{% endfor %}{% endfor %}`;
const grown = (start: string, step: string) =>
  `{% set ns = namespace(x=${start}) %}{% for i in range(100) %}{% set ns.x = ${step} %}{% endfor %}{{ ns.x }}`;

test.each([
  ["a range", "{{ range(1000000000) }}", /Range too big/],
  ["loops within each other", twice(""), /steps/],
  ["a text that grows", twice("x"), /steps/],
  ["a macro that calls itself", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", /macros or loops within each other/],
  ["a loop that calls itself", "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", /macros or loops within each other/],
  [
    "a macro that calls itself twice",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(99) }}",
    /steps/,
  ],
  ["a repeated text", "{{ 'a' * 1000000000 }}", /characters of text/],
  ["a replaced text", grown("'ab'", "ns.x.replace('a', 'aaaaaaaaaa')"), /characters of text/],
  ["a doubled text", grown("'ab'", "ns.x ~ ns.x"), /characters of text/],
  ["a doubled list", grown("[1]", "ns.x + ns.x"), /steps/],
  ["a list of a list of a list", grown("[1]", "[ns.x, ns.x]"), /steps/],
  ["a list of a list of a list as JSON", grown("[1]", "[ns.x, ns.x]").replace("{{ ns.x }}", "{{ ns.x | tojson }}"), /steps/],
  ["a namespace in itself", "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}", /nested too deeply/],
  ["a padded text", "{{ '%999999999d' % 1 }}{{ 'a' | center(999999999) }}", /characters of text/],
  ["a power", "{{ 2 ** 99999999999 }}", /bits/],
  ["a long text that is searched", `{% set x = 'a' * 4000000 %}${twice("{% set y = 'b' in x %}")}`, /steps/],
  ["a text of many words", `{% set x = 'a ' * 2000000 %}${twice("{% set y = x.split() %}")}`, /steps/],
  ["parentheses", `{{ ${"(".repeat(100_000)}1${")".repeat(100_000)} }}`, /nested too deeply/],
  ["a sum", `{{ 1${" + 1".repeat(200_000)} }}`, /nested too deeply/],
  ["the template itself", "x".repeat(2 ** 20 + 1), /characters/],
])("%s ends a template that takes too much", (_, source, message) => {
  const render = () => new Template(source).render({});
  expect(render).toThrow(JinjaError);
  expect(render).toThrow(message);
});

test("a long conversation is far below the limits", () => {
  const source = "{% for m in messages %}{{ '<|' + m['role'] + '|>' }}{{ m.content | trim + '\\n' }}{% endfor %}";
  const messages = Array.from({ length: 4000 }, (_, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content: "word ".repeat(150),
  }));
  expect(new Template(source).render({ messages })).toHaveLength(4000 * 750 + 2000 * 8 + 2000 * 13);
});
