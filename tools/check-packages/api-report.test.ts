import { expect, test } from "vitest";
import { apiReport, declarationsWithAny } from "./api-report.ts";

const reportOf = (text: string) => /```ts\n([\s\S]*)\n```/.exec(apiReport("@cai/x", [{ name: "index.d.ts", text }]))?.[1];

test("a report has the declarations by name, without comments, and what is exported in a line each", () => {
  const text = `
    import { Shape2D } from "@cai/contracts";
    /** What z is. */
    declare function z(shape: Shape2D): /* rows */ number;
    interface A { /** [B] */ readonly x: Float32Array }
    declare const b: 2, c: 3;
    export { z, type A, b };
  `;
  expect(reportOf(text)).toBe(`import { Shape2D } from "@cai/contracts";
interface A {
  readonly x: Float32Array;
}
declare const b: 2, c: 3;
declare function z(shape: Shape2D): number;
export {
  type A,
  b,
  z,
};`);
});

test("a report is the same in whatever order a bundler wrote the declarations, but for overloads", () => {
  const [a, b] = ["declare class A {}", "type B = 1;"];
  const overloads = "declare function f(x: string): 1;\ndeclare function f(x: 1): string;";
  expect(reportOf(`${b}\n${overloads}\n${a}`)).toBe(reportOf(`${a}\n${b}\n${overloads}`));
  expect(reportOf(overloads)).not.toBe(reportOf(overloads.split("\n").reverse().join("\n")));
});

test("a declaration is told that has any in it, however deep; one whose name or text is any is not", () => {
  const text = `
    declare const any: "any";
    interface A { read(name: string): Promise<Map<string, any[]>> }
    type B = { company: unknown };
  `;
  expect(declarationsWithAny({ name: "index.d.ts", text })).toEqual(["A"]);
});
