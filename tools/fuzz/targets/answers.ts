import { isAbsolute } from "node:path";
import { endpointFeedback, FeedbackError } from "@cai/feedback";
import { HubError } from "@cai/hub";
import { httpReward, RewardModelError } from "@cai/reward-model";
import { listedFile } from "../../../packages/hub/src/listed-file.ts";
import { mutatedJson } from "../inputs.ts";
import type { FuzzTarget } from "../target.ts";

/** An answer of an endpoint, as an input: JSON of its status, its headers and its body, which is a text or JSON itself. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A `fetch` that answers what the input says; what is no answer at all is a body. */
function answering(input: Uint8Array): typeof globalThis.fetch {
  const text = new TextDecoder().decode(input);
  return async () => {
    let answer: Partial<Answer> | null = null;
    try {
      answer = JSON.parse(text) as Partial<Answer> | null;
      const { status = 200, headers = {}, body } = answer ?? {};
      return new Response(typeof body === "string" ? body : (JSON.stringify(body) ?? ""), { status, headers });
    } catch {
      return new Response(text);
    }
  };
}

const answerOf = (body: unknown, status = 200, headers = {}): Answer => ({ status, headers, body });
const completion = (text: unknown) => ({ choices: [{ message: { role: "assistant", content: text }, finish_reason: "stop" }] });
const chosen = {
  choices: [
    {
      message: { content: "A" },
      logprobs: {
        content: [
          {
            token: "A",
            logprob: -0.1,
            top_logprobs: [
              { token: "A", logprob: -0.1 },
              { token: "B", logprob: -2 },
            ],
          },
        ],
      },
    },
  ],
};
const echoed = {
  choices: [{ text: "a b", logprobs: { tokens: ["\n\nHuman: a\n\nAssistant:", " b"], token_logprobs: [null, -1] } }],
};
const failures = [
  answerOf("<html>no</html>", 500),
  answerOf({ error: "busy" }, 429, { "retry-after": "0" }),
  answerOf("", 307, { location: "http://elsewhere/" }),
];

const quick = { retries: 1, backoffMs: 0, longestWaitMs: 0 };
const scored = { prompts: ["a", "b"], responses: ["c", "d"], promptIds: [], responseIds: [] };
const conversation = [{ role: "user", content: "a" }] as const;
const draws = { seed: 1, stream: "fuzz", step: 0 };

const judge = (input: Uint8Array) =>
  endpointFeedback({ url: "http://host/v1", model: "m", apiKeyVariable: "", echoFormat: "dialogue", fetch: answering(input), ...quick });

function parsed(input: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(input));
  } catch {
    return undefined;
  }
}

const commit = "0123456789".repeat(4);
const listing = [
  { type: "file", path: "model.safetensors", size: 9, oid: commit, lfs: { oid: "ab".repeat(32), size: 9, pointerSize: 1 } },
  { type: "file", path: "onnx/model.onnx", size: 1, oid: commit },
  { type: "directory", path: "onnx", size: 0, oid: commit },
];
const id = { name: "owner/name", revision: "main" } as const;

/** Answers over HTTP. */
export const answers: readonly FuzzTarget[] = [
  {
    name: "reward-answer",
    inputs: mutatedJson([answerOf({ scores: [0.5, -1] }), answerOf({ scores: [] }), ...failures]),
    share: 30,
    errors: [RewardModelError],
    read: (input) => httpReward({ url: "http://host/score", fetch: answering(input), ...quick }).score(scored),
  },
  {
    name: "hub-listing",
    inputs: mutatedJson([listing]),
    share: 50,
    errors: [HubError],
    read(input) {
      const entries = parsed(input);
      // Their names become names of files here.
      for (const entry of Array.isArray(entries) ? entries : []) {
        const file = listedFile(entry, id as never);
        if (file !== undefined && !isAbsolute(file.name) && !/(^|\/)\.\.?(\/|$)/.test(file.name) && /^[0-9a-f]+$/.test(file.hash)) continue;
        if (file !== undefined) throw new Error(`it is let in: ${JSON.stringify(file)}`);
      }
    },
  },
  {
    name: "feedback-completion",
    inputs: mutatedJson([answerOf(completion("Yes.")), answerOf(completion(null)), ...failures]),
    share: 30,
    errors: [FeedbackError],
    read: (input) => judge(input).complete([conversation], { draws, maxNewTokens: 4, temperature: 1 }),
  },
  {
    name: "feedback-choice",
    inputs: mutatedJson([answerOf(chosen), ...failures]),
    share: 30,
    errors: [FeedbackError],
    read: (input) => judge(input).choose!([{ messages: conversation, options: ["A", "B"] }], {}),
  },
  {
    name: "feedback-echo",
    inputs: mutatedJson([answerOf(echoed), ...failures]),
    share: 30,
    errors: [FeedbackError],
    read: (input) => judge(input).logprobs!([{ messages: conversation, answer: "b" }], {}),
  },
];
