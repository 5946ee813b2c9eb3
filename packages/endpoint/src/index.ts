export { EndpointError } from "./error.ts";
