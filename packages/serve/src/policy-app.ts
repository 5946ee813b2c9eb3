import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { answerRequest } from "./answer-request.ts";
import { chatCompletions } from "./chat-completions.ts";
import { completions } from "./completions.ts";
import { refuseOtherModel } from "./refuse-other-model.ts";
import { errorBody, RequestError } from "./request-error.ts";
import { requireKey } from "./require-key.ts";
import type { Served } from "./served-policy.ts";

/** The routes. */
export function policyApp(served: Served): Hono {
  const { policy, model, apiKey, maxBodyBytes } = served;
  const app = new Hono();
  app.onError((error, context) => {
    const { status, body } = errorBody(error);
    return context.json(body, status);
  });
  app.notFound(() => {
    throw new RequestError(404, "unknown_route", "there is no such route: /v1/models, /v1/completions and /v1/chat/completions are here");
  });
  if (apiKey !== "") app.use(requireKey(apiKey));
  const refuseLarge = () => {
    throw new RequestError(413, "request_too_large", `the request is larger than ${maxBodyBytes} bytes: send less`);
  };
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: refuseLarge }));

  const described = {
    id: model,
    object: "model",
    created: Math.floor(Date.now() / 1000),
    owned_by: "cai",
    max_model_len: policy.contextLength,
  };
  app.get("/v1/models", (context) => context.json({ object: "list", data: [described] }));
  app.get("/v1/models/:model{.+}", (context) => {
    refuseOtherModel(context.req.param("model"), model);
    return context.json(described);
  });
  let requests = 0;
  app.post("/v1/completions", (context) => answerRequest(completions, context.req.raw, { ...served, request: ++requests }));
  app.post("/v1/chat/completions", (context) => answerRequest(chatCompletions, context.req.raw, { ...served, request: ++requests }));
  return app;
}
