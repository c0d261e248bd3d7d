import nock from "nock";

// Every suite starts cut off: a request that no fixture expects fails instead of leaving the process.
nock.disableNetConnect();

// Suites share a worker's `http` module: a patch that stayed would cut off the next suite as well.
afterAll(() => nock.restore());
