import { barndoor } from "../../adapters/barndoor/index.ts";
import { testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { barndoorFixture } from "./barndoor-fixture.ts";

allowLoopback();

testAdapter(barndoor, barndoorFixture({ method: "PATCH", switches: { timestamps: "offsetless" } }));
