import type { HubApiError } from "@huggingface/hub";
import { HubError } from "./error.ts";
import { bothReadings, type HubId } from "./hub-id.ts";

/** The error for a hub that answered with a refusal, in one or two lines. */
export function refusal(error: HubApiError, id: HubId, { endpoint, hasToken }: { endpoint: string; hasToken: boolean }): HubError {
  const { statusCode } = error;
  const say = (code: string, text: string) => new HubError(code, `${bothReadings(id)} ${text}`, { cause: error });
  const page = `${endpoint}/${id.name}`;
  if (statusCode === 404) {
    const revision = id.revision === "main" ? "" : `, or has no revision ${id.revision}`;
    return say(
      "not-found",
      `is not at ${endpoint}${revision}: check the name\nA private model also needs HF_TOKEN, the token of an account that may read it`,
    );
  }
  if (statusCode === 401 && !hasToken)
    return say(
      "no-access",
      `does not exist at ${endpoint}, or needs an account: check the name\nFor a private or gated model ask for access at ${page} and set HF_TOKEN`,
    );
  if (statusCode === 401)
    return say("no-access", `was refused at ${endpoint}: HF_TOKEN is not valid\nMake a new token at ${endpoint}/settings/tokens`);
  if (statusCode === 403)
    return say(
      "no-access",
      `is not open to ${hasToken ? "the account of HF_TOKEN" : "everybody"}\nAccept its terms at ${page}, then set HF_TOKEN to a token of that account`,
    );
  return say("hub-failed", `can't be had now: ${endpoint} answered with status ${statusCode}\nTry again later; what came so far is kept`);
}

/** The error for a model that is not in the cache while the hub can't be reached. */
export function offline(
  id: HubId,
  { folder, missing, optional, why, cause }: { folder: string; missing: readonly string[]; optional: string; why: string; cause?: unknown },
): HubError {
  return new HubError(
    "offline",
    `${bothReadings(id)} is not in the cache, and ${why}\nGo online, or put ${missing.join(", ")} (and ${optional} where it has them) into ${folder}`,
    {
      cause,
    },
  );
}
