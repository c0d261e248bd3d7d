import type { Hooks } from "../../src/index.ts";

/** What one hook was told, in order. */
export interface Told {
  readonly hook: string;
  readonly event: unknown;
}

/** Hooks that keep what they are told. */
export function recorder(): { readonly hooks: Hooks; readonly told: Told[]; readonly names: () => string[] } {
  const told: Told[] = [];
  const keep = (hook: string) => (event: unknown) => void told.push({ hook, event });
  const hooks: Hooks = {
    onStart: keep("onStart"),
    onRequest: keep("onRequest"),
    onResponse: keep("onResponse"),
    onRetry: keep("onRetry"),
    onWait: keep("onWait"),
    onChange: keep("onChange"),
    onEnd: keep("onEnd"),
    within(operation, work) {
      keep("within")(operation);
      return work();
    },
  };
  return { hooks, told, names: () => told.map(({ hook }) => hook) };
}
