import type { WorkerPresence, WorkerRole } from "./presence.ts";

/**
 * For a queue: says why none of the workers that are there takes its jobs.
 *
 * @param differencesOf what of a worker is not as the learner's, in words; undefined where it tells nothing of it
 * @param start where nobody has the role
 * @param mend where somebody has it, and is another
 */
export function explainRefusals({
  role,
  differencesOf,
  start,
  mend,
}: {
  readonly role: WorkerRole;
  readonly differencesOf: (worker: WorkerPresence) => readonly string[] | undefined;
  readonly start: string;
  readonly mend: string;
}): (workers: readonly WorkerPresence[]) => string {
  return (workers) => {
    const others = workers
      .filter(({ roles }) => roles[role] !== undefined)
      .flatMap((worker) => {
        const found = differencesOf(worker);
        return found ? [`${worker.host} (process ${worker.pid}) has ${found.join(" and ")}`] : [];
      });
    return others.length === 0 ? `no worker with the role ${role} is there; ${start}` : `${others.join("; ")}; ${mend}`;
  };
}
