import { testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { fixture } from "./cobalt/fixture.ts";
import { cobalt } from "./cobalt/index.ts";

allowLoopback();

testAdapter(cobalt, fixture);
