import { respan } from "../../adapters/respan/index.ts";
import { testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { ofRespan, respanFixture } from "./respan-fixture.ts";

allowLoopback();

testAdapter(respan, respanFixture(ofRespan));
