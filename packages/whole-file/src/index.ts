export { bytesReader, type OpenFile, type ReadErrorClass } from "./bytes-reader.ts";
export { fileLockPath, lockFile, refuseLockedFile } from "./file-lock.ts";
export { isLocked, lockFolder, lockName } from "./folder-lock.ts";
export { digestFile, hashFile } from "./hash-file.ts";
export { type OpenOptions, openFile, readTextFile } from "./open-file.ts";
export type { LockErrorClass, OwnerLock } from "./owner-lock.ts";
export { isTemporary, temporaryName } from "./temporary-name.ts";
export { checkWritable, syncFolder, type WholeFiles, type WriteErrorClass, wholeFiles } from "./whole-files.ts";
