import { ServeError } from "./error.ts";

/** The statuses that a request is refused with. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 413 | 429 | 500 | 503;

/** A request that is refused, in OpenAI's form. */
export class RequestError extends ServeError {
  readonly status: RefusalStatus;
  /** The field of the body that is wrong: `messages[0].role`. */
  readonly param: string | null;

  constructor(
    status: RefusalStatus,
    code: string,
    message: string,
    { param = null, ...options }: ErrorOptions & { readonly param?: string | null } = {},
  ) {
    super(code, message, options);
    this.status = status;
    this.param = param;
  }
}

const types: Readonly<Partial<Record<RefusalStatus, string>>> = {
  401: "authentication_error",
  403: "permission_error",
  429: "rate_limit_error",
  500: "server_error",
  503: "server_error",
};

/** An error as clients of OpenAI's read it; one that is nobody's fault is told too, as this server is its user's own. */
export function errorBody(error: Error): { readonly status: RefusalStatus; readonly body: object } {
  const refusal = error instanceof RequestError ? error : undefined;
  const { status, code, message, param } = refusal ?? {
    status: 500 as const,
    code: "internal_error",
    message: `the policy failed: ${error.message}`,
    param: null,
  };
  return { status, body: { error: { message, type: types[status] ?? "invalid_request_error", param, code } } };
}
