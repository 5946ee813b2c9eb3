export { onEachBackend } from "../../kernels/src/backends.fixture.ts";
