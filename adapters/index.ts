import type { AnyAdapter } from "../src/index.ts";
import { barndoor, barndoorConnection } from "./barndoor/index.ts";
import { ngrok, ngrokProvider } from "./ngrok/index.ts";
import { keywordsai, respan } from "./respan/index.ts";

/** Every adapter that comes with the package. A new vendor is a new folder and a line here. */
export const adapters: readonly AnyAdapter[] = [respan, keywordsai, barndoor, barndoorConnection, ngrok, ngrokProvider];

/** The simulated gateways, in the order their ports are given. Loaded on demand: only the sandbox needs them. */
export async function loadSandboxes() {
  const [respan, barndoor, ngrok] = await Promise.all([
    import("./respan/sandbox.ts"),
    import("./barndoor/sandbox.ts"),
    import("./ngrok/sandbox.ts"),
  ]);
  return [respan.respanSandbox, respan.keywordsaiSandbox, barndoor.barndoorSandbox, ngrok.ngrokSandbox] as const;
}

/** What each gateway adds to the demo. Loaded on demand. */
export async function loadDemoParts() {
  const [respan, barndoor, ngrok] = await Promise.all([
    import("./respan/demo.ts"),
    import("./barndoor/demo.ts"),
    import("./ngrok/demo.ts"),
  ]);
  return [...respan.demoParts, ...barndoor.demoParts, ...ngrok.demoParts];
}
