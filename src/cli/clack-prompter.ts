import type { Readable, Writable } from "node:stream";
import type { Prompter } from "./prompter.ts";

/** Where questions are asked, and what ends them. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
}

/** Asks on a terminal. What draws the questions is loaded with the first of them: most commands ask nothing. */
export function clackPrompter(terminal: Terminal): Prompter {
  const load = () => import("@clack/prompts");
  return {
    async chooseSeveral(message, choices) {
      const { isCancel, multiselect } = await load();
      const chosen = await multiselect<string>({ ...terminal, message, options: [...choices], required: true });
      return isCancel(chosen) ? undefined : chosen;
    },
    async choose(message, choices) {
      const { isCancel, select } = await load();
      const chosen = await select<string>({ ...terminal, message, options: [...choices] });
      return isCancel(chosen) ? undefined : chosen;
    },
    async askText(message, { initially, problem } = {}) {
      const { isCancel, S_BAR, text } = await load();
      const validate = (given: string | undefined) => problem?.(given ?? "");
      const start = initially === undefined ? {} : { initialValue: initially };
      // What stands below the question belongs to it, and is drawn beside its bar.
      const drawn = message.replaceAll("\n", `\n${S_BAR}  `);
      const given = await text({ ...terminal, message: drawn, ...start, validate });
      return isCancel(given) ? undefined : given;
    },
    async confirm(message, initially) {
      const { confirm, isCancel } = await load();
      const given = await confirm({ ...terminal, message, initialValue: initially });
      return isCancel(given) ? undefined : given;
    },
    async say(text) {
      const { log } = await load();
      log.message(text, { output: terminal.output });
    },
  };
}
