export { bytesReader, type OpenFile, type ReadErrorClass } from "./bytes-reader.ts";
export { type FolderLock, type LockErrorClass, lockFolder, lockName } from "./folder-lock.ts";
export { isTemporary, temporaryName } from "./temporary-name.ts";
export { syncFolder, type WholeFiles, type WriteErrorClass, wholeFiles } from "./whole-files.ts";
