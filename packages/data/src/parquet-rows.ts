import { type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "./error.ts";
import type { Input, RandomAccess } from "./input.ts";
import { columnsOfParquet } from "./parquet-values.ts";
import type { RawRow } from "./raw-row.ts";
import type { RowForm } from "./row-form.ts";

const magic = Buffer.from("PAR1");

/**
 * Whether it is a Parquet file: by its first bytes, whatever its name.
 *
 * @throws DataError `bad-file` for a file that is called one and is none
 */
export function isParquet({ name, head }: Input): boolean {
  if (magic.equals(head.subarray(0, magic.length))) return true;
  if (!/\.parquet$/i.test(name)) return false;
  const isPointer = Buffer.from(head).toString("latin1").startsWith("version https://git-lfs");
  const what = isPointer ? "the pointer that Git LFS keeps for one: fetch the file itself" : "none: it doesn't begin with PAR1";
  throw new DataError("bad-file", `${name} is called a Parquet file and is ${what}`);
}

/**
 * The rows of a Parquet file, a row group in memory at a time. Only columns of these names are read, or all of them.
 *
 * @throws DataError `bad-file` where it is cut short or broken; `cannot-read`
 */
export async function* parquetRows(input: Input, names: RowForm<unknown>["columns"]): AsyncGenerator<RawRow> {
  const { name } = input;
  const file = await input.randomAccess();
  const metadata = await metadataOf(file, name);
  const schema = parquetSchema(metadata);
  const columns = schema.children.map(({ element }) => element.name).filter((column) => names === "all" || names.includes(column));
  let rowStart = 0;
  for (const [place, group] of metadata.row_groups.entries()) {
    const rowEnd = rowStart + Number(group.num_rows);
    // A row without any of the columns is a row still, and is refused as one.
    const rows =
      columns.length === 0
        ? Array.from({ length: rowEnd - rowStart }, () => ({}))
        : await parquetReadObjects({ file, metadata, columns, rowStart, rowEnd, compressors, parsers }).catch(
            broken(name, `row group ${place + 1} of ${metadata.row_groups.length} is broken`),
          );
    for (const [row, values] of rows.entries()) {
      const where = `${name} row ${rowStart + row + 1}`;
      yield { where, contents: () => columnsOfParquet(values, schema, where) };
    }
    rowStart = rowEnd;
  }
}

async function metadataOf(file: RandomAccess, name: string): Promise<FileMetaData> {
  const end = await file.slice(Math.max(0, file.byteLength - magic.length));
  if (file.byteLength < 2 * magic.length + 4 || !magic.equals(new Uint8Array(end)))
    throw new DataError("bad-file", `${name} is a Parquet file that was cut short: it doesn't end with PAR1; download or copy it again`);
  return parquetMetadataAsync(file).catch(broken(name, "its footer is broken"));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** hyparquet's own take what is not UTF-8 for other letters, and JSON's numbers for JavaScript's. */
const decode = (bytes: Uint8Array | undefined) => bytes && utf8.decode(bytes);
const parsers = { stringFromBytes: decode, jsonFromBytes: decode };

const broken = (name: string, what: string) => (cause: unknown) => {
  if (DataError.isInstance(cause)) throw cause;
  throw new DataError("bad-file", `${name} can't be read, ${what}: ${cause instanceof Error ? cause.message : cause}`, { cause });
};
