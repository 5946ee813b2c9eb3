export { DataError } from "./error.ts";
