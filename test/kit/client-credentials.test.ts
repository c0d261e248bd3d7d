import { inspect } from "node:util";
import { secret } from "../../src/index.ts";
import type { Obtained } from "../../src/kit/client.ts";
import { createLogin } from "../../src/kit/client-credentials.ts";
import type { HttpRequest, HttpResult } from "../../src/kit/http.ts";

const CLIENT_SECRET = "s3cret/of the client+=";

/** What the token endpoint does with a request; it may wait. */
type Answer = (count: number, signal: AbortSignal | undefined) => HttpResult | Promise<HttpResult>;

const reply = (status: number, body: unknown): HttpResult => ({
  kind: "reply",
  status,
  text: typeof body === "string" ? body : JSON.stringify(body),
});
const given = (count: number, expires_in?: number | null) =>
  reply(200, { access_token: `token-${count}`, ...(expires_in === undefined ? {} : { expires_in }) });

/** A login whose endpoint is a function, and whose clock stands still until it is moved. */
function loginWith(answer: Answer, attempts = 0) {
  const requests: HttpRequest[] = [];
  const slept: number[] = [];
  let now = 1_000_000;
  const login = createLogin({
    login: {
      url: "https://login.test/oauth/token",
      form: { grant_type: "client_credentials", client_id: "acme", client_secret: secret(CLIENT_SECRET) },
    },
    http: async (request, token, signal) => {
      expect(token).toBeUndefined();
      requests.push(request);
      return answer(requests.length, signal);
    },
    show: ({ method, path, form = {} }) => ({ method, url: path.text, headers: {}, body: form }),
    clock: {
      now: () => now,
      sleep: async (milliseconds, signal) => {
        slept.push(milliseconds);
        return signal?.aborted !== true;
      },
    },
    retry: { attempts, budgetMs: 90_000 },
    timeoutMs: 500,
  });
  return { login, requests, slept, move: (milliseconds: number) => (now += milliseconds) };
}

const tokenOf = (obtained: Obtained | undefined) =>
  obtained !== undefined && "token" in obtained ? obtained.token?.reveal() : undefined;

function errorOf(obtained: Obtained | undefined) {
  if (obtained === undefined || "token" in obtained) throw new Error("the login did not fail");
  const { failure } = obtained;
  return { failure, error: failure.toError({ adapter: "some", outcome: "not-sent", retryable: failure.transient }) };
}

/** Lets everything happen that waits for nothing. */
const sent = () => new Promise((resolve) => setImmediate(resolve));

describe("a token", () => {
  it("is asked for with the form, its secret still wrapped", async () => {
    const { login, requests } = loginWith((count) => given(count, 3600));
    expect(tokenOf(await login.obtain())).toBe("token-1");
    const [request] = requests;
    expect(requests).toHaveLength(1);
    expect(request).toMatchObject({ method: "POST", path: { text: "/oauth/token" } });
    expect(Object.keys(request?.form ?? {})).toEqual(["grant_type", "client_id", "client_secret"]);
    expect(inspect(request, { depth: 9 })).not.toContain("s3cret");
  });

  it.each<[string, number | null | undefined, number]>([
    ["an hour", 3600, 3_570_000],
    ["a minute", 60, 30_000],
    ["less than a minute", 40, 20_000],
    ["no time at all", 0, 0],
  ])("that holds for %s is renewed early enough, and not before", async (_what, expiresIn, renewedAfter) => {
    const { login, move } = loginWith((count) => given(count, expiresIn));
    expect(tokenOf(await login.obtain())).toBe("token-1");
    if (renewedAfter > 0) {
      move(renewedAfter - 1);
      expect(tokenOf(await login.obtain())).toBe("token-1");
      move(1);
    }
    expect(tokenOf(await login.obtain())).toBe("token-2");
  });

  it.each([undefined, null])("without a stated time (%s) is held until it is forgotten", async (expiresIn) => {
    const { login, move } = loginWith((count) => given(count, expiresIn));
    const first = await login.obtain();
    move(365 * 24 * 3600 * 1000);
    expect(tokenOf(await login.obtain())).toBe("token-1");
    if (first === undefined || !("token" in first) || first.token === undefined) throw new Error("there is no token");
    login.forget?.(first.token);
    expect(tokenOf(await login.obtain())).toBe("token-2");
    // Another call was refused with the old one, too: that says nothing of the new one.
    login.forget?.(first.token);
    expect(tokenOf(await login.obtain())).toBe("token-2");
  });

  it("is searched for in answers, and so is what it was got with", () => {
    const { login } = loginWith((count) => given(count));
    const known = login.secretsOf(secret("token-1")).map((one) => one.reveal());
    expect(known).toEqual(["token-1", CLIENT_SECRET]);
  });
});

describe("calls that wait at the same time", () => {
  it("share one login, and its failure, which is not kept", async () => {
    const { login, requests } = loginWith((count) => (count === 1 ? reply(401, {}) : given(count, 3600)));
    const failed = await Promise.all(Array.from({ length: 20 }, () => login.obtain()));
    for (const obtained of failed) expect(errorOf(obtained).error.name).toBe("AuthenticationError");
    expect(requests).toHaveLength(1);
    const taken = await Promise.all(Array.from({ length: 20 }, () => login.obtain()));
    expect(new Set(taken.map(tokenOf))).toEqual(new Set(["token-2"]));
    expect(requests).toHaveLength(2);
  });

  it("are ended by their own signals, while the login goes on for the others", async () => {
    let answer: (result: HttpResult) => void = () => {};
    const signals: (AbortSignal | undefined)[] = [];
    const { login, requests } = loginWith((_count, signal) => {
      signals.push(signal);
      return new Promise<HttpResult>((resolve) => {
        answer = resolve;
      });
    });
    const leaving = new AbortController();
    const left = login.obtain(leaving.signal);
    const stays = login.obtain(new AbortController().signal);
    await sent();
    leaving.abort();
    expect(await left).toBeUndefined();
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
    answer(given(1, 3600));
    expect(tokenOf(await stays)).toBe("token-1");
    expect(requests).toHaveLength(1);
  });

  it("end the login when the last of them has left, and the next one begins anew", async () => {
    const { login, requests } = loginWith((count, signal) => {
      if (count > 1) return given(count, 3600);
      return new Promise((resolve) => {
        signal?.addEventListener("abort", () => resolve({ kind: "aborted", sent: true }));
      });
    });
    const [one, other] = [new AbortController(), new AbortController()];
    const waiting = [login.obtain(one.signal), login.obtain(other.signal)];
    await sent();
    one.abort();
    other.abort();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
    expect(tokenOf(await login.obtain())).toBe("token-2");
    expect(requests).toHaveLength(2);
  });

  it("that come with an ended signal ask for nothing", async () => {
    const { login, requests } = loginWith((count) => given(count));
    expect(await login.obtain(AbortSignal.abort())).toBeUndefined();
    expect(requests).toEqual([]);
  });
});

describe("a login that fails", () => {
  it.each<[number, string]>([
    [400, "AuthenticationError"],
    [401, "AuthenticationError"],
    [403, "AuthenticationError"],
    [404, "AuthenticationError"],
    [409, "AuthenticationError"],
    [412, "AuthenticationError"],
    [422, "AuthenticationError"],
    [302, "InvalidResponseError"],
    [408, "TimeoutError"],
    [429, "RateLimitError"],
    [500, "UnavailableError"],
    [503, "UnavailableError"],
  ])("with %d is %s; nothing was sent of what it was for", async (status, name) => {
    const body = { error: "invalid_client", error_description: `no ${CLIENT_SECRET} here` };
    const { login } = loginWith(() => reply(status, body));
    const { failure, error } = errorOf(await login.obtain());
    expect(error).toMatchObject({ name, status, outcome: "not-sent" });
    expect(failure.effect).toBe("not-sent");
    // A 404 or 405 of the login must not be taken for one of the gateway.
    expect(failure.status).toBeUndefined();
    expect(error.message).toContain("POST /oauth/token");
    if (status >= 400) expect(error.message).toContain("invalid_client");
    expect(inspect([error, JSON.stringify(error)], { depth: 9, showHidden: true })).not.toContain("s3cret");
  });

  it("by its connection or its time is what it is for any request", async () => {
    const network = loginWith(() => ({ kind: "network", sent: true, code: "ECONNRESET" }));
    expect(errorOf(await network.login.obtain()).error).toMatchObject({ name: "NetworkError", retryable: true });
    const slow = loginWith(() => ({ kind: "timeout", sent: true }));
    expect(errorOf(await slow.login.obtain()).error.message).toBe(
      "some: POST /oauth/token had no complete answer within 500 ms",
    );
  });

  it.each<[string, string]>([
    ["HTML", "<html>sign in</html>"],
    ["nothing", ""],
    ["part of an answer", '{"access_token": "tok'],
    ["no token", '{"expires_in": 3600}'],
    ["an empty token", '{"access_token": ""}'],
    ["a token that no header takes", '{"access_token": "a secret\\nline"}'],
    ["a token of another kind", '{"access_token": 12345678}'],
    ["a time of another kind", '{"access_token": "a-token", "expires_in": "soon"}'],
    ["a time before now", '{"access_token": "a-token", "expires_in": -1}'],
  ])("by an answer with %s is InvalidResponseError, and shows nothing of it", async (_what, text) => {
    const { login } = loginWith(() => reply(200, text));
    const { error } = errorOf(await login.obtain());
    expect(error).toMatchObject({ name: "InvalidResponseError", outcome: "not-sent", retryable: false, status: 200 });
    expect(error.message).toMatch(/^some: the reply to POST \/oauth\/token /);
    expect(error.message).not.toMatch(/a secret|12345678|soon|sign in/);
  });

  it("is tried again where that may help, and no more often than it may be", async () => {
    const passing = loginWith((count) => (count < 3 ? reply(503, {}) : given(count, 3600)), 2);
    expect(tokenOf(await passing.login.obtain())).toBe("token-3");
    expect(passing.slept).toHaveLength(2);
    const lasting = loginWith(() => reply(503, {}), 2);
    expect(errorOf(await lasting.login.obtain()).error).toMatchObject({ name: "UnavailableError", retryable: true });
    expect(lasting.requests).toHaveLength(3);
    const refused = loginWith(() => reply(401, {}), 2);
    expect(errorOf(await refused.login.obtain()).error).toMatchObject({ retryable: false });
    expect(refused.requests).toHaveLength(1);
  });
});
