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
  const labeller = { protocol: "1", model: "", methods: ["complete"], settings: "", engine: "endpoint" };
  const { engine: _, ...asked } = { ...idle, host: "third", roles: { label: "label-x" }, labeller };
  expect(workersTable([worker, idle, asked])).toEqual([
    "host   process  role     engine         done  tokens/s",
    "one         12  rollout  policy on cpu     3       8.3",
    "other        7  rollout  policy on cpu     0",
    "third        7  label    endpoint          0",
  ]);
});

test("without workers it says how to start one", () => {
  expect(workersTable([])).toEqual(["no worker is there: start one with cai worker"]);
});
