import { barndoorConnection } from "../../adapters/barndoor/index.ts";
import { testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { newerConnectionFixture } from "./barndoor-newer-fixture.ts";

allowLoopback();

testAdapter(barndoorConnection, newerConnectionFixture());
