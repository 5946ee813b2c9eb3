// In a clone: threads don't share what the main one loads modules with, so TypeScript is taught to this one.
import { register } from "tsx/esm/api";

register({ tsconfig: false });
await import("./decode-worker.ts");
