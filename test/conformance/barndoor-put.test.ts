import { barndoor } from "../../adapters/barndoor/index.ts";
import { testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { barndoorFixture } from "./barndoor-fixture.ts";

allowLoopback();

describe("where a gateway takes PUT only, as every client of the vendor sends it", () => {
  testAdapter(barndoor, barndoorFixture({ method: "PUT", switches: { updateMethod: "PUT", wrongMethod: 404 } }));
});
