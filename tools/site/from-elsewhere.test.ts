import { expect, test } from "vitest";
import { fromElsewhere } from "./from-elsewhere.mjs";

test("scripts, styles, pictures and fonts of other hosts are found, links to them and files of the site are not", () => {
  const page =
    '<script src="https://a.example/x.js"></script><img src="//b.example/y.png"><a href="https://c.example">c</a><img src="/own.svg">';
  expect(fromElsewhere(page)).toEqual(["https://a.example/x.js", "//b.example/y.png"]);
  expect(fromElsewhere('@font-face{src:url("https://d.example/z.woff2")} a{background:url(/own.png)}')).toEqual([
    "https://d.example/z.woff2",
  ]);
});
