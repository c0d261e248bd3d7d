import nock from "nock";

// Every suite starts cut off: a request that no fixture expects fails instead of leaving the process.
nock.disableNetConnect();
