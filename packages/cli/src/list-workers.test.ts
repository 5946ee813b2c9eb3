import { expect, test } from "vitest";
import { workersTable } from "./list-workers.ts";

const engine = { protocol: "1", weights: "", model: "", engine: "policy on cpu" };
const worker = {
  id: "a",
  host: "one",
  pid: 12,
  roles: { rollout: "rollout-x" },
  engine,
  job: undefined,
  jobsDone: 3,
  jobsFailed: 0,
  tokens: 40,
  tokensPerSecond: 8.25,
  loadSeconds: 1,
};

test("a worker has a line; what none has to tell has no column", () => {
  const idle = { ...worker, host: "other", pid: 7, tokensPerSecond: 0, jobsDone: 0 };
  expect(workersTable([worker, idle])).toEqual([
    "host   process  role     engine         done  tokens/s",
    "one         12  rollout  policy on cpu     3       8.3",
    "other        7  rollout  policy on cpu     0",
  ]);
});

test("without workers it says how to start one", () => {
  expect(workersTable([])).toEqual(["no worker is there: start one with cai worker"]);
});
