import { basename } from "node:path";
import { openPolicyServer } from "@cai/serve";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { onFirstSignal } from "./first-signal.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { print } from "./visible.ts";

/** The flags of `cai serve`. */
export interface ServeFlags {
  readonly policy: string;
  readonly port: number;
  readonly name?: string;
  readonly apiKeyEnv?: string;
  readonly seed: number;
  readonly json?: boolean;
}

/**
 * Serves a policy until a signal comes, which is heard from the beginning on: who reads the address may end it there and then.
 *
 * @throws CliError `usage`, and at the end `interrupted`
 */
export async function servePolicy(flags: ServeFlags): Promise<void> {
  let release = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    release = onFirstSignal((signal) => reject(new CliError("interrupted", "Interrupted: the endpoint is closed.", { cause: signal })));
  });
  try {
    const { server, policy, model } = await Promise.race([open(flags), interrupted]);
    const { json, apiKeyEnv } = flags;
    print(json ? `${JSON.stringify({ url: server.url, model })}\n` : introduction(server.url, model, apiKeyEnv));
    await interrupted.finally(async () => {
      await server.close();
      policy.dispose();
    });
  } finally {
    release();
  }
}

async function open({ policy: source, port, name, apiKeyEnv, seed }: ServeFlags) {
  const apiKey = apiKeyEnv === undefined ? "" : keyFrom(apiKeyEnv);
  await prepareChosenBackend();
  const policy = await resolvePolicy(source);
  const model = name ?? (basename(source) || source);
  return { server: await readingInput(() => openPolicyServer({ policy, port, model, apiKey, seed })), policy, model };
}

function keyFrom(variable: string): string {
  const key = process.env[variable]?.trim();
  if (key) return key;
  throw new CliError(
    "usage",
    `--api-key-env names ${variable}, which is not set in the environment: set it to the key, or leave the option out`,
  );
}

function introduction(url: string, model: string, apiKeyEnv: string | undefined): string {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello!" }], max_tokens: 64 }).replaceAll("'", String.raw`'\''`);
  const key = apiKeyEnv === undefined ? "" : ` -H "Authorization: Bearer $${apiKeyEnv}"`;
  return [
    `${url} answers OpenAI's clients on this machine as the model ${JSON.stringify(model)}. Ctrl-C ends it.`,
    `  curl ${url}/chat/completions${key} -d '${body}'`,
    "",
  ].join("\n");
}
