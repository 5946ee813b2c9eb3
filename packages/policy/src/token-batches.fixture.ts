export { leftPadded, rightPadded, rowsOf } from "../../../tools/token-batches.fixture.ts";
