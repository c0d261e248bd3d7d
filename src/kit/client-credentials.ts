import { z } from "zod";
import { AuthenticationError } from "../contract/errors.ts";
import { isSecret, type Secret, secret } from "../contract/secret.ts";
import type { WireForm } from "./body.ts";
import { type Client, createClient, describeRequest, type Obtained, type Sending, type TokenSource } from "./client.ts";
import { type Clock, unlessAborted } from "./clock.ts";
import { type Failure, replyFailure, type VendorError } from "./failure.ts";
import type { Http, HttpRequest, ShownRequest } from "./http.ts";
import type { Observation } from "./observation.ts";
import { RateBudget } from "./rate-budget.ts";
import { parseReply } from "./reply.ts";
import type { RetryPolicy } from "./retry.ts";
import { TOKEN_TEXT } from "./settings.ts";

/** How a token is got with a client's own credentials (RFC 6749, section 4.4). */
export interface Login {
  /** The token endpoint: absolute, without a query. */
  readonly url: string;
  /** What is sent there as a form, in this order. */
  readonly form: WireForm;
}

/** What a login is made of. */
export interface LoginParts {
  readonly login: Login;
  /** Reaches the origin of the login's URL. */
  readonly http: Http;
  /** The login as those may see it who are told of it. */
  show(request: HttpRequest, hasToken: boolean): ShownRequest;
  readonly clock: Clock;
  /** The tries of one login. */
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
}

interface HeldToken {
  readonly token: Secret;
  /** When it is renewed, by the clock. */
  readonly renewAt: number;
}

interface PendingLogin {
  readonly outcome: Promise<Obtained>;
  readonly ending: AbortController;
  waiting: number;
}

const MARGIN_MS = 30_000;
const ADVICE = "the login: are clientId and clientSecret right, and is the client allowed in?";

// RFC 6749, section 5.1: https://datatracker.ietf.org/doc/html/rfc6749#section-5.1
const tokenReply = z.object({
  access_token: z.string().regex(TOKEN_TEXT, "expected a token"),
  expires_in: z.number().nonnegative().nullish(),
});

// RFC 6749, section 5.2: https://datatracker.ietf.org/doc/html/rfc6749#section-5.2
const errorReply = z.object({ error: z.string(), error_description: z.string().nullish() });

/**
 * Tokens by login, held until 30 s before they expire: half of their time where that is less than a minute, and until a 401
 * where no time is stated. One login at a time, whose outcome is that of every call that waits for it. It has no part in the
 * account's rate budget: another server answers it.
 */
export function createLogin(parts: LoginParts): TokenSource {
  const { clock } = parts;
  const secrets = Object.values(parts.login.form).filter(isSecret);
  const send = loginClient(parts);
  let held: HeldToken | undefined;
  let pending: PendingLogin | undefined;

  function start(observation: Observation | undefined): PendingLogin {
    const ending = new AbortController();
    const sending = { signal: ending.signal, known: [...secrets], observation, advise };
    const outcome = logIn(parts, send, { repeat: "safe", ...sending }).then((got) => {
      if (pending === started) pending = undefined;
      if ("failure" in got) return got;
      held = { token: got.token, renewAt: renewalOf(got.lifetimeMs, clock.now()) };
      return got;
    });
    const started: PendingLogin = { outcome, ending, waiting: 0 };
    return started;
  }

  return {
    async obtain(signal, observation) {
      if (signal?.aborted) return undefined;
      if (held !== undefined && clock.now() < held.renewAt) return { token: held.token };
      pending ??= start(observation);
      const joined = pending;
      joined.waiting += 1;
      const done = await unlessAborted(joined.outcome, signal);
      joined.waiting -= 1;
      // Nobody waits for it any more, and whoever comes next begins anew.
      if (done === undefined && joined.waiting === 0) {
        joined.ending.abort();
        if (pending === joined) pending = undefined;
      }
      return done?.result;
    },
    forget(token) {
      if (held?.token === token) held = undefined;
    },
    secretsOf: (token) => [token, ...secrets],
  };
}

type LoggedIn = { readonly token: Secret; readonly lifetimeMs: number | undefined };

async function logIn(
  { login }: LoginParts,
  send: Client,
  sending: Sending,
): Promise<LoggedIn | { readonly failure: Failure }> {
  const request = { method: "POST", path: { text: new URL(login.url).pathname }, form: login.form };
  const result = await send(request, sending);
  if (!result.ok) return { failure: ofLogin(result.failure) };
  const parsed = parseReply(tokenReply, result.text);
  if ("problem" in parsed) {
    return { failure: ofLogin(replyFailure(result.status, describeRequest(request), parsed.problem)) };
  }
  const { access_token, expires_in } = parsed.value;
  return { token: secret(access_token), lifetimeMs: typeof expires_in === "number" ? expires_in * 1000 : undefined };
}

function loginClient({ http, show, clock, retry, timeoutMs }: LoginParts): Client {
  return createClient({
    http,
    show,
    purpose: "login",
    clock,
    retry,
    timeoutMs,
    budget: new RateBudget(undefined, clock),
    tokens: { obtain: async () => ({ token: undefined }), secretsOf: (token) => [token] },
    readError,
    refusedWith: undefined,
  });
}

function readError(body: unknown): VendorError {
  const parsed = errorReply.safeParse(body);
  if (!parsed.success) return {};
  const { error: code, error_description: message } = parsed.data;
  return { code, message: message ?? code };
}

const advise = (status: number) => (isRefusal(status) ? ADVICE : undefined);

// 408, 425 and 429 speak of the moment, not of the client.
const isRefusal = (status: number) => status >= 400 && status < 500 && ![408, 425, 429].includes(status);

/**
 * The failure of a login for the request that it was for: nothing of that was sent. It has no status, which would be taken for
 * one of the gateway's: a 404 of a login says nothing about a provider.
 */
function ofLogin({ status, transient, retryAfterMs, problem, toError }: Failure): Failure {
  return {
    problem,
    effect: "not-sent",
    transient,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    toError(given) {
      const error = toError(given);
      if (status === undefined || !isRefusal(status)) return error;
      const { message, vendorCode } = error;
      const code = vendorCode === undefined ? {} : { vendorCode };
      return new AuthenticationError({ ...given, message, status, ...code });
    },
  };
}

function renewalOf(lifetimeMs: number | undefined, now: number): number {
  if (lifetimeMs === undefined) return Number.POSITIVE_INFINITY;
  return now + lifetimeMs - Math.min(MARGIN_MS, lifetimeMs / 2);
}
