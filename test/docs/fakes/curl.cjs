// Plays `curl` against GitLab's API, with the notes of one merge request and the issues of one project.
const fs = require("node:fs");
const { change, fail } = require("./state.cjs");

const words = process.argv.slice(2);
const all = (name) => words.flatMap((word, index) => (words[index - 1] === name ? [word] : []));
const url = words.find((word) => word.startsWith("https://gitlab.test/api/v4/")) ?? fail("another host");
const { pathname, searchParams } = new URL(url);
const method = all("--request")[0] ?? "GET";
const form = Object.fromEntries(
  all("--data-urlencode").map((text) => {
    const [, name, sign, value] = /^([a-z_]+)([=@])(.*)$/s.exec(text) ?? fail(`not a field: ${text}`);
    return [name, sign === "@" ? fs.readFileSync(value, "utf8") : value];
  }),
);

if (!words.includes("--fail")) fail("an error of the API would pass for an answer");
if (!all("--header").includes("PRIVATE-TOKEN: the-bot-token")) fail("401");

change((state) => {
  if (pathname === "/api/v4/user") return JSON.stringify({ id: 42 });
  const [, notes, note] = /^\/api\/v4\/projects\/9\/merge_requests\/7\/(notes)(?:\/(\d+))?$/.exec(pathname) ?? [];
  if (notes) return onNotes(state, note);
  const [, issues, issue] = /^\/api\/v4\/projects\/9\/(issues)(?:\/(\d+))?$/.exec(pathname) ?? [];
  return issues ? onIssues(state, issue) : fail(`404 ${pathname}`);
});

function onNotes(state, id) {
  if (method === "GET") {
    // Two on a page, whatever is asked for: nobody may rely on the first page.
    const from = (Number(searchParams.get("page")) - 1) * 2;
    return JSON.stringify(state.comments.slice(from, from + 2));
  }
  if (method === "POST") state.comments.push({ id: 100 + state.comments.length, author: { id: 42 }, body: form.body });
  const found = state.comments.find((note) => note.id === Number(id));
  if (method === "PUT") {
    if (found?.author.id !== 42) fail("403");
    found.body = form.body;
  }
  return "{}";
}

function onIssues(state, iid) {
  const { title, labels, description, state_event } = form;
  if (method === "GET") {
    const open = state.issues.filter((each) => each.state === "open" && each.label === searchParams.get("labels"));
    return JSON.stringify(open.map((each) => ({ iid: each.number })));
  }
  const found = state.issues.find((each) => each.number === Number(iid));
  if (method === "POST") {
    state.issues.push({ number: state.issues.length + 1, state: "open", label: labels, title, body: description });
  } else if (found && state_event === "close") found.state = "closed";
  else if (found) found.body = description;
  else fail("404");
  return "{}";
}
