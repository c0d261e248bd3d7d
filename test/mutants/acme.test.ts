import { testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { acmeAdapter } from "./acme/adapter.ts";
import { acmeFixture } from "./acme/fixture.ts";
import { parts } from "./acme/parts.ts";

allowLoopback();

// What every mutant is made of holds in every case; and an adapter need not be made by the kit to pass.
testAdapter(acmeAdapter(parts), acmeFixture);
