#!/usr/bin/env node
// Fetches hatesonar 0.1.0 (MIT), a classifier of hateful and offensive tweets, into the cache that all clones share, in the form that ONNX
// Runtime's JavaScript can run, and prints the folder's path.
import { start } from "./judges/start.mjs";

start("hatesonar");
