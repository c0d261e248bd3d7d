import nock from "nock";

// What no fixture stands for is refused here already, and told to who listens for it.
nock.disableNetConnect();

export default nock;
