import { expect, test } from "vitest";
import { escapeHtml } from "./escape-html.ts";

test("nothing in it can open a tag, close an attribute or begin an entity", () => {
  expect(escapeHtml(`</p><script>alert("1 & 2")</script>'`)).toBe(
    "&lt;/p&gt;&lt;script&gt;alert(&quot;1 &amp; 2&quot;)&lt;/script&gt;&#39;",
  );
});
