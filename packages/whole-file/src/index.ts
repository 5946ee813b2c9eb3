export { bytesReader, type OpenFile, type ReadErrorClass } from "./bytes-reader.ts";
export { type FolderLock, isLocked, type LockErrorClass, lockFolder, lockName } from "./folder-lock.ts";
export { type OpenOptions, openFile, readTextFile } from "./open-file.ts";
export { isTemporary, temporaryName } from "./temporary-name.ts";
export { checkWritable, syncFolder, type WholeFiles, type WriteErrorClass, wholeFiles } from "./whole-files.ts";
