import { barndoor } from "../../adapters/barndoor/index.ts";
import { testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { newerProviderFixture } from "./barndoor-newer-fixture.ts";

allowLoopback();

testAdapter(barndoor, newerProviderFixture());
