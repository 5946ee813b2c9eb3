#!/usr/bin/env node
// Fetches tox-block 0.1.2 (MIT), a classifier of toxic comments, converts it to ONNX in the cache that all clones share, and prints the
// folder's path.
import { start } from "./judges/start.mjs";

start("tox-block");
