import { CaiError } from "@cai/contracts";
import { refuseStopTexts } from "@cai/rollouts";
import type { z } from "zod";
import { eventStream } from "./event-stream.ts";
import { readBody } from "./read-body.ts";
import { refuseOtherModel } from "./refuse-other-model.ts";
import { errorBody, RequestError } from "./request-error.ts";
import type { AnswerForm, Route } from "./route.ts";
import type { SamplingFields } from "./sampling-fields.ts";
import type { Served } from "./served-policy.ts";
import { type Choice, writeChoices } from "./write-choices.ts";
import type { WritingRequest } from "./writing-request.ts";

/**
 * Answers a request of a route, when its turn comes.
 *
 * @throws RequestError; what the policy throws
 */
export async function answerRequest<Fields extends z.ZodType<SamplingFields>>(
  route: Route<Fields>,
  asked: Request,
  served: Served & { readonly request: number },
): Promise<Response> {
  const { policy, model, turns, closing } = served;
  const signal = AbortSignal.any([asked.signal, closing]);
  const body = await readBody(asked, route.fields);
  refuseOtherModel(body.model, model);
  const request = refusing(() => {
    const read = route.read(body, served);
    refuseStopTexts(read.stopTexts, policy.tokenizer); // a special token, which no text holds
    return read;
  });
  turns.refuseIfFull();
  const form = route.form({ id: `${route.name}-${served.request}`, created: Math.floor(Date.now() / 1000), model });
  if (body.stream) return inPieces(request, { ...served, form, signal, withUsage: body.stream_options?.include_usage ?? false });
  const choices = await turns.take(() => writeChoices(policy, request, { signal }), signal).catch(unlessEnded(signal));
  return Response.json({ ...form.whole(choices), usage: usageOf(request, choices) });
}

/** What is told where an answer is given up, if anyone is there to hear it. */
const unlessEnded = (signal: AbortSignal) => (error: unknown) => {
  throw signal.aborted ? new RequestError(503, "given_up", "the answer was given up: the server closes, or the client left") : error;
};

/** What packages throw while a request is read is the request's fault. */
function refusing<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof RequestError || !CaiError.isInstance(error)) throw error;
    throw new RequestError(400, error.code, error.message, { cause: error });
  }
}

interface Streaming extends Pick<Served, "policy" | "turns"> {
  readonly form: AnswerForm;
  readonly signal: AbortSignal;
  readonly withUsage: boolean;
}

/** The answer as it is written. One with log-probabilities comes when it is whole, since these are read then. */
function inPieces(request: WritingRequest, { policy, turns, form, signal, withUsage }: Streaming): Response {
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  return eventStream(
    async (send) => {
      const begun = new Set<number>();
      const show = (index: number, text: string) => {
        if (!begun.has(index)) for (const event of form.begin(index)) send(event);
        begun.add(index);
        if (text !== "") send(form.piece(index, text));
      };
      const isLive = request.topLogprobs === undefined;
      const onText = isLive ? show : undefined;
      const choices = await turns.take(() => writeChoices(policy, request, { signal: either, onText }), either).catch(unlessEnded(either));
      for (const [index, choice] of choices.entries()) {
        show(index, isLive ? "" : choice.text);
        send(form.end(index, choice));
      }
      if (withUsage) send({ ...form.usage, usage: usageOf(request, choices) });
    },
    { describe: (error) => errorBody(error).body, gone: () => left.abort() },
  );
}

function usageOf({ prompts }: WritingRequest, choices: readonly Choice[]) {
  const prompt = prompts.reduce((sum, { ids }) => sum + ids.length, 0);
  const completion = choices.reduce((sum, { drawn }) => sum + drawn, 0);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
