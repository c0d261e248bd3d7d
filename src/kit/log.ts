import type { Hooks, Logger, Operation, RequestEvent } from "../contract/hooks.ts";

/**
 * Hooks that write lines to a log: requests, responses and calls that succeed at `debug`, waits and changes at `info`, retries at
 * `warn`, calls that fail at `error`. Headers and bodies are not written.
 */
export function logTo(logger: Logger): Hooks {
  return {
    onRequest(event) {
      logger.debug(requestFields(event), `${event.operation.adapter}: ${describe(event)} is sent`);
    },
    onResponse({ request, status, problem, reason, durationMs }) {
      const fields = { ...requestFields(request), status, durationMs, problem, reason };
      const came = status === undefined ? `had no reply (${reason})` : `was answered ${status}`;
      logger.debug(fields, `${request.operation.adapter}: ${describe(request)} ${came}`);
    },
    onRetry({ request, ...retry }) {
      const when = `will be sent again in ${Math.round(retry.waitMs)} ms`;
      logger.warn(
        { ...requestFields(request), ...retry },
        `${request.operation.adapter}: ${describe(request)} ${when}`,
      );
    },
    onWait({ operation, ...wait }) {
      const whose = wait.reason === "budget" ? "the account's rate limit" : "the vendor";
      const message = `${operation.adapter}: ${operation.name} waits ${Math.round(wait.waitMs)} ms for ${whose}`;
      logger.info({ ...operationFields(operation), ...wait }, message);
    },
    onChange({ operation, fields, notes }) {
      const what = fields.length === 0 ? "took effect" : `wrote ${fields.join(", ")}`;
      const message = `${operation.adapter}: ${operation.name} ${what}`;
      logger.info({ ...operationFields(operation), fields, notes }, message);
    },
    onEnd({ operation, durationMs, error }) {
      const fields = { ...operationFields(operation), durationMs };
      if (error === undefined) logger.debug(fields, `${operation.adapter}: ${operation.name} is done`);
      else logger.error({ ...fields, error }, `${operation.name} failed: ${error.message}`);
    },
  };
}

const operationFields = ({ adapter, name, id }: Operation) => ({ adapter, operation: name, id });

function requestFields(request: RequestEvent) {
  const { operation, method, attempt, purpose } = request;
  return { ...operationFields(operation), method, path: pathOf(request), attempt, purpose };
}

function pathOf({ url }: RequestEvent): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

const describe = (request: RequestEvent) => `${request.method} ${pathOf(request)}`;
