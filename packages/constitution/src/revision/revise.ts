import type { ChatMessage } from "@cai/contracts";
import type { Completion, FeedbackModel } from "@cai/feedback";
import { ConstitutionError } from "../error.ts";
import type { Constitution, Principle } from "../principles/constitution.ts";
import { drawPrinciples } from "../principles/draw-principles.ts";
import { type GateLimits, refusalOnSight } from "./revision-gate.ts";
import { type RevisionSettings, resolveRevisionSettings } from "./revision-options.ts";
import { answerAlone, type CriticisedAnswer, critiqueConversation, revisionConversation } from "./revision-prompts.ts";
import type { RevisionRow, RevisionVerdict } from "./revision-row.ts";
import { verdictsByLikelihood } from "./verdicts-by-likelihood.ts";

export interface ReviseOptions extends Partial<RevisionSettings> {
  /** Criticises, revises, and judges which of the two is likelier under the principle's personas. */
  readonly feedback: FeedbackModel;
  /** Writes the answers that are revised. Default: `feedback`. */
  readonly policy?: FeedbackModel | undefined;
  readonly constitution: Constitution;
  /** Conversations that end with the user's turn. */
  readonly prompts: readonly (readonly ChatMessage[])[];
  /** The number of the first prompt, where these are some of more. Default 0. */
  readonly firstPrompt?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A prompt on its way through the rounds. */
interface Draft {
  readonly prompt: readonly ChatMessage[];
  readonly response: Completion;
  /** What the next round revises: the newest text that wasn't refused on sight. */
  readonly current: string;
  readonly rounds: readonly Round[];
}

interface Round {
  readonly principle: Principle;
  readonly critique: Completion;
  readonly written: Completion;
  readonly revision: string;
  readonly verdict: RevisionVerdict;
}

/**
 * Critique and revision (Bai et al. 2022, arXiv:2212.08073): the policy answers each prompt, then, for some rounds, a principle is drawn, and the
 * feedback model criticises the answer by it and writes it anew. Every intermediate is kept, with the gate's verdict: whether the revision is
 * to be trained on. A round goes on from the newest revision that wasn't refused on sight; each is held against the first answer.
 *
 * Prompt i draws as sample `firstPrompt + i`, so that prompts may be revised in parts.
 *
 * @throws ConstitutionError `bad-option` for a prompt that doesn't end with the user's turn; TrainingError `invalid-option`; the models' errors; the
 * signal's reason when aborted
 * @example
 * const rows = await revise({ feedback, constitution, prompts: [[{ role: "user", content: "You fool." }]] });
 * rows[0]?.revisions[0];
 */
export async function revise(options: ReviseOptions): Promise<RevisionRow[]> {
  const { feedback, policy = feedback, constitution, prompts, firstPrompt = 0, signal, ...given } = options;
  const settings = resolveRevisionSettings(given);
  refuseUnanswerable(prompts, firstPrompt);
  const complete = (model: FeedbackModel, conversations: readonly (readonly ChatMessage[])[], stream: string, step: number) => {
    const { seed, maxNewTokens, temperature } = settings;
    const draws = { seed, stream, step, firstSample: firstPrompt };
    return model.complete(conversations, { draws, maxNewTokens, temperature, ...(signal && { signal }) });
  };

  const responses = await complete(policy, prompts, "revise/response", 0);
  let drafts = prompts.map((prompt, i): Draft => ({ prompt, response: responses[i]!, current: responses[i]!.text, rounds: [] }));
  for (let round = 0; round < settings.rounds; round++) {
    const draws = { seed: settings.seed, stream: "revise", step: round, firstSample: firstPrompt };
    const principles = drawPrinciples({ constitution, count: prompts.length, draws });
    const criticised = drafts.map(({ prompt, current }, i): CriticisedAnswer => {
      const principle = principles[i]!;
      return { prompt, answer: current, principle, examples: settings.fewShot ? examplesOf(constitution, principle) : [] };
    });
    const critiques = await complete(feedback, criticised.map(critiqueConversation), "revise/critique", round);
    const asked = criticised.map((one, i) => revisionConversation({ ...one, critique: critiques[i]!.text }));
    const written = await complete(feedback, asked, "revise/revision", round);
    drafts = drafts.map((draft, i) => withRound(draft, criticised[i]!, { critique: critiques[i]!, written: written[i]! }, settings));
  }
  const seen = drafts.map(({ prompt, response, rounds: made }) => ({ prompt, response: response.text, rounds: made }));
  const verdicts = await verdictsByLikelihood({ feedback, drafts: seen, signal });
  return drafts.map((draft, i) => rowOf(draft, verdicts[i]!, constitution));
}

function refuseUnanswerable(prompts: ReviseOptions["prompts"], firstPrompt: number): void {
  const index = prompts.findIndex((prompt) => prompt.at(-1)?.role !== "user");
  if (index < 0) return;
  const end = prompts[index]!.length === 0 ? "is empty" : `ends with a turn of the ${prompts[index]!.at(-1)!.role}`;
  throw new ConstitutionError(
    "bad-option",
    `prompt ${firstPrompt + index + 1} ${end}: expected a conversation that ends with the user's turn`,
  );
}

/** The examples with the requests that stand in them: those of the principle that each names, or of the one that is applied. */
function examplesOf({ examples, principles }: Constitution, applied: Principle): CriticisedAnswer["examples"] {
  return examples.map((example) => ({ ...example, requests: principles.find(({ name }) => name === example.principle) ?? applied }));
}

function withRound(
  draft: Draft,
  criticised: CriticisedAnswer,
  { critique, written }: Pick<Round, "critique" | "written">,
  limits: GateLimits,
) {
  const { principle, examples } = criticised;
  const revision = answerAlone(written.text);
  const texts = draft.prompt.flatMap(({ role, content }) => (role === "user" && typeof content === "string" ? [content] : []));
  const refusal = refusalOnSight(
    {
      original: draft.response.text,
      revision,
      ending: written.ending,
      critique: critique.text,
      prompt: texts,
      requests: [principle.critiqueRequest, principle.revisionRequest],
      examples: examples.flatMap((example) => [example.response, example.critique, example.revision]),
    },
    limits,
  );
  const verdict: RevisionVerdict = refusal === undefined ? { kept: true } : { kept: false, refusal };
  const rounds = [...draft.rounds, { principle, critique, written, revision, verdict }];
  return { ...draft, current: refusal === undefined ? revision : draft.current, rounds };
}

function rowOf({ prompt, response, rounds }: Draft, verdicts: readonly RevisionVerdict[], { sha256 }: Constitution): RevisionRow {
  return {
    prompt,
    response: response.text,
    critiques: rounds.map(({ critique }) => critique.text),
    revisions: rounds.map(({ revision }) => revision),
    written: rounds.map(({ written }) => written.text),
    endings: {
      response: response.ending,
      critiques: rounds.map(({ critique }) => critique.ending),
      revisions: rounds.map(({ written }) => written.ending),
    },
    principles: rounds.map(({ principle }) => principle.name),
    verdicts,
    constitution: sha256,
  };
}
