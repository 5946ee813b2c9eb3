#!/usr/bin/env node
// Rollouts spread over worker processes of one thread each: what they gain on this machine, what the engine costs, and what a simulation with
// these costs says of up to 256 workers. A real Redis is started on a free port.
// node tools/bench/workers/measure.mjs [--pairs 5] [--json FILE] [--from FILE] [--docs]
// --json keeps what was measured, --from measures nothing and takes such a file, --docs keeps it as measured.json and writes docs/scaling.md.
import { spawnSync } from "node:child_process";
import { besideSource } from "../programs.mjs";
import { oneThread } from "./one-thread.mjs";

const { command, args, env } = besideSource("workers/main.ts", process.argv.slice(2));
const { status, error } = spawnSync(command, args, { stdio: "inherit", env: { ...env, ...oneThread } });
if (error) throw error;
process.exitCode = status ?? 1;
