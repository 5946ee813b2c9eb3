// @ts-check
// Loads a policy and continues a prompt greedily: load-and-generate.mjs <policy> <new tokens>; one line of JSON.
// baseline/load_and_generate.py does the same with transformers.
import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";

const [source = "", newTokens = "64"] = process.argv.slice(2);
const maxNewTokens = Number(newTokens);

await prepareBackend();
const began = performance.now();
const policy = await loadPolicy(source);
const loadSeconds = (performance.now() - began) / 1000;

const ids = Int32Array.from({ length: 16 }, (_, i) => (i * 7919 + 11) % (policy.vocabSize - 1));
const prompts = { ids, mask: new Uint8Array(ids.length).fill(1), shape: /** @type {[number, number]} */ ([1, ids.length]) };
const sampling = { draws: { seed: 0, stream: "bench", step: 0 }, temperature: 0 };
await policy.generate(prompts, { ...sampling, maxNewTokens: 1, minNewTokens: 1 });
const firstTokenSeconds = (performance.now() - began) / 1000; // loading included
const peakBytes = process.resourceUsage().maxRSS * 1024;
await policy.generate(prompts, { ...sampling, maxNewTokens: 8, minNewTokens: 8 }); // warm-up
const start = performance.now();
const { responses } = await policy.generate(prompts, { ...sampling, maxNewTokens, minNewTokens: maxNewTokens });
const generateSeconds = (performance.now() - start) / 1000;

const tokensPerSecond = maxNewTokens / generateSeconds;
console.log(JSON.stringify({ loadSeconds, firstTokenSeconds, peakBytes, tokensPerSecond, ids: [...responses.ids] }));
