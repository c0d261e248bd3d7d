import { barndoorConnection } from "../../adapters/barndoor/index.ts";
import { testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { barndoorConnectionFixture } from "./barndoor-fixture.ts";

allowLoopback();

testAdapter(barndoorConnection, barndoorConnectionFixture({ method: "PUT", switches: { timestamps: "offsetless" } }));
