import { withoutSecrets } from "@cai/endpoint";
import { disposing } from "@cai/training";
import { CliError } from "./error.ts";
import { onFirstSignal } from "./first-signal.ts";
import { ReadyFile } from "./ready-file.ts";
import { startRoles, type WorkerFlags } from "./start-roles.ts";
import { terminalOf } from "./terminal.ts";
import { print } from "./visible.ts";
import { checkRoles, redisOf, resolveWeights, type WorkerRoles } from "./worker-flags.ts";

/** What a role asks for, or what else. */
const needed = { rollout: ["policy"], score: ["reward"], label: ["feedback", "policy"], reference: ["policy"] } as const;

/** Takes jobs until a signal comes, which is how it is meant to end; the job that it is at is done first. */
export async function runWorker(
  flags: WorkerFlags & {
    readonly redis?: string;
    readonly roles: string;
    readonly threads?: number;
    readonly readyFile?: string;
    readonly json?: boolean;
  },
): Promise<void> {
  const redis = redisOf(flags.redis, "worker");
  const roles = checkRoles(flags.roles);
  refuseMissing(flags, roles);
  resolveWeights(flags); // what is wrong with them is told before anything is loaded
  if (flags.threads !== undefined) limitThreads(flags.threads);
  const terminal = terminalOf(process.stderr);
  await disposing(async (own) => {
    const signal = new Promise<void>((heard) => {
      const release = onFirstSignal(() => heard());
      own({ dispose: release });
    });
    const ready = flags.readyFile === undefined ? undefined : new ReadyFile(flags.readyFile);
    const onFault = (line: string) => terminal.write(`${line}\n`);
    const told = await startRoles(flags, roles, { redis, onFault, onPresence: () => ready?.renew(), own });
    if (ready !== undefined) own({ dispose: () => ready.remove() });
    ready?.write();
    const shown = withoutSecrets(redis);
    print(
      flags.json
        ? `${JSON.stringify({ redis: shown, roles, pid: process.pid })}\n`
        : `takes jobs at ${shown}: ${told.join(", and ")}. Ctrl-C ends it.\n`,
    );
    await signal;
  });
}

function refuseMissing(flags: WorkerFlags, roles: WorkerRoles): void {
  const lacking = roles.map((role) => needed[role]).find((names) => names.every((name) => flags[name] === undefined));
  if (lacking === undefined) return;
  const names = lacking.map((name) => `--${name}`).join(" or ");
  throw new CliError("usage", `cai worker --roles ${roles.join(",")} needs ${names}`);
}

/** Native TensorFlow reads these as it loads. */
function limitThreads(threads: number): void {
  for (const name of ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"]) process.env[name] = String(threads);
}
