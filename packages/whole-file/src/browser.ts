// What a page needs beside what packages have in Node: folders for them to read and write.
export { type BrowserFile, type BrowserFolder, type BrowserWritable, filesOf } from "./browser-folder.ts";
export { fetchFolder } from "./fetch-folder.ts";
export { memoryFolder } from "./memory-folder.ts";
export { mountFolder } from "./mounts.ts";
