import { resolveOptions } from "@cai/training";
import { expect, test } from "vitest";
import type { Answer } from "./answer-prompts.ts";
import { comparisonOptions } from "./comparison-options.ts";
import { evaluationPage } from "./evaluation-page.ts";
import { summariseComparison } from "./summarise-comparison.ts";

const attack = `</p><script>alert("x")</script><img src=x onerror=alert(1)>`;
const answer = (response: string, score: number, more: Partial<Answer> = {}): Answer => ({ response, score, tokens: 4, ...more });

function pageOf({ kl }: { kl?: number } = {}): string {
  const settings = resolveOptions(comparisonOptions, { bestOf: 2, resamples: 20 });
  const policy = [[answer(attack, 2, kl === undefined ? {} : { kl })], [answer("fine", -1, kl === undefined ? {} : { kl })]];
  const base = [[answer("so it is", 1)], [answer("well well", 1.5)]];
  const prompts = [`<b>"Why?"</b>`, "How?"];
  const samples = prompts.map((prompt, i) => ({
    prompt,
    margin: policy[i]![0]!.score - base[i]![0]!.score,
    policy: policy[i]!,
    base: base[i]!,
  }));
  const pool = [
    [answer("a", 0), answer("b", 1)],
    [answer("a", 0), answer("b", 1)],
  ];
  const summary = summariseComparison({ prompts, policy, base, pool }, settings);
  return evaluationPage({ ...summary, settings, samples }, { policy: "runs/<1>", base: "demo", judge: "judge.mjs" });
}

test("what models and users wrote is text, never markup", () => {
  const page = pageOf({ kl: 1 });
  expect(page).not.toContain(attack);
  expect(page).not.toMatch(/<img|<b>|runs\/<1>/);
  expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
  expect(page.match(/<script>/g)).toHaveLength(1); // its own
});

test("it asks for nothing from elsewhere", () => {
  expect(pageOf({ kl: 1 })).not.toMatch(/https?:|<link|\bsrc=(?!x )|url\(|@import/);
  expect(pageOf()).toContain("default-src 'none'");
});

test("each prompt has both answers with their scores, and its margin to be sorted by", () => {
  const page = pageOf({ kl: 1 });
  expect(page).toContain('data-index="1" data-margin="-2.5"');
  expect(page).toContain("policy · −1.00 · 4 tokens");
  expect(page).toContain("50.0 %");
});

test("the policy has its place on the axis of KL where that was measured", () => {
  expect(pageOf({ kl: 1 }).match(/<circle class="dot series-1"/g)).toHaveLength(1);
  expect(pageOf().match(/<circle class="dot series-1"/g)).toBeNull();
  expect(pageOf()).toContain("not measured");
});
