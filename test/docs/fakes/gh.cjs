// Plays `gh`, with the comments and issues of one repository. Filters are the real jq's work.
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const { change, fail } = require("./state.cjs");

const [command, ...rest] = process.argv.slice(2);
const option = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined);
const filtered = (value) => execFileSync("jq", ["--raw-output", option("--jq")], { input: JSON.stringify(value), encoding: "utf8" });

if (process.env.GH_TOKEN !== "the-job-token") fail("gh: no token");
change((state) => (command === "api" ? api(state) : issue(state)));

function api(state) {
  const url = rest.find((word, index) => word.startsWith("repos/") && !rest[index - 1]?.startsWith("--jq"));
  const [, id] = /^repos\/acme\/gateways\/issues\/comments\/(\d+)$/.exec(url) ?? [];
  const ofPullRequest = /^repos\/acme\/gateways\/issues\/7\/comments(\?per_page=100)?$/.test(url);
  const method = option("--method") ?? "GET";
  if (method === "GET" && ofPullRequest) {
    if (!rest.includes("--paginate")) fail("only the first comments were asked for");
    return filtered(state.comments);
  }
  const [, name] = /^body=@(.*)$/.exec(option("--field")) ?? fail("no body");
  const body = fs.readFileSync(name, "utf8");
  if (method === "POST" && ofPullRequest) {
    const next = 100 + state.comments.length;
    state.comments.push({ id: next, user: { login: "github-actions[bot]" }, body });
  } else if (method === "PATCH" && id !== undefined) {
    const found = state.comments.find((comment) => comment.id === Number(id));
    if (found?.user.login !== "github-actions[bot]") fail("not a comment of its own");
    found.body = body;
  } else fail(`unexpected: ${method} ${url}`);
}

function issue(state) {
  const [action, number] = rest;
  if (command !== "issue" || option("--repo") !== "acme/gateways") fail(`unexpected: ${command}`);
  const found = state.issues.find((each) => each.number === Number(number));
  const read = () => fs.readFileSync(option("--body-file"), "utf8");
  if (action === "list") {
    const open = state.issues.filter((each) => each.state === option("--state") && each.label === option("--label"));
    return filtered(open.map((each) => ({ number: each.number })));
  }
  if (action === "create") {
    const label = option("--label");
    state.issues.push({ number: state.issues.length + 1, state: "open", label, title: option("--title"), body: read() });
  } else if (action === "edit" && found) found.body = read();
  else if (action === "close" && found) found.state = "closed";
  else fail(`unexpected: issue ${action}`);
}
