// What the programs that stand in for `gh` and `curl` share: comments and issues in a file, and every call.
const fs = require("node:fs");

const file = process.env.FAKE_STATE;

exports.change = (work) => {
  const state = JSON.parse(fs.readFileSync(file, "utf8"));
  state.calls.push(process.argv.slice(2));
  const shown = work(state);
  fs.writeFileSync(file, JSON.stringify(state));
  if (shown !== undefined) process.stdout.write(shown);
};

exports.fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(22);
};
