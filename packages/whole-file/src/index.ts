export { bytesReader, type OpenFile, type ReadFailure } from "./bytes-reader.ts";
export { isTemporary } from "./temporary-name.ts";
export { syncFolder, type WholeFiles, type WriteFailure, wholeFiles } from "./whole-files.ts";
