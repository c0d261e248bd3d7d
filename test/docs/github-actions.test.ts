import { allowLoopback } from "../support/loopback.ts";
import { describeRun, type Ended, MARKER, recipe, type Scene, useScenes } from "./scene.ts";

allowLoopback();
const scene = useScenes();

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}

interface Job {
  readonly if?: string;
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency?: unknown;
  readonly steps: readonly Step[];
}

const workflow = recipe<{
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}>("github-actions.yml");
const jobs = Object.entries(workflow.jobs);
const secretsOf = ({ steps }: Job) => JSON.stringify(steps).match(/secrets\.\w+/g) ?? [];

describe("the workflow for GitHub Actions", () => {
  it("never runs with the target's rights on a stranger's code, and gives no job more than it says", () => {
    expect(Object.keys(workflow.on)).toEqual(["pull_request", "push", "schedule", "workflow_dispatch"]);
    expect(workflow.permissions).toEqual({});
    const permissions = Object.fromEntries(jobs.map(([name, job]) => [name, job.permissions]));
    expect(permissions).toEqual({
      validate: { contents: "read" },
      plan: { contents: "read" },
      comment: { "pull-requests": "write" },
      apply: { contents: "write" },
      drift: { contents: "read", issues: "write" },
    });
  });

  it("gives secrets to jobs of an environment alone, and none to what a fork's pull request runs", () => {
    const withSecrets = jobs.filter(([, job]) => secretsOf(job).length > 0).map(([name]) => name);
    expect(withSecrets).toEqual(["plan", "apply", "drift"]);
    for (const name of withSecrets) expect(workflow.jobs[name]?.environment).toMatch(/^gatefold-/);
    expect(workflow.jobs.plan?.if).toContain("pull_request.head.repo.full_name == github.repository");
    expect(workflow.jobs.apply?.environment).toBe("gatefold-production");
    expect(workflow.jobs.apply?.concurrency).toEqual({ group: "gatefold-apply", "cancel-in-progress": false });
  });

  it("puts nothing of a stranger into a script, asks for no trust, and names the version of each action", () => {
    for (const [, { steps }] of jobs) {
      for (const { uses, run } of steps) {
        if (uses !== undefined) expect(uses).toMatch(/^actions\/[a-z-]+@v\d+$/);
        expect(run ?? "").not.toMatch(/\$\{\{|--trust-config|TRUST_CONFIG/);
      }
    }
  });
});

function stepOf(job: string, name: string): Step & { readonly run: string } {
  const step = workflow.jobs[job]?.steps.find((each) => each.name === name);
  if (step?.run === undefined) throw new Error(`the job ${job} has no step ${name}`);
  return { ...step, run: step.run };
}

const VARIABLES = {
  GITHUB_REPOSITORY: "acme/gateways",
  GITHUB_SHA: "0a1b2c3",
  GH_TOKEN: "the-job-token",
  PULL_REQUEST: "7",
};

/** Runs a step of the workflow. What it does not name in its `env` it does not get. */
function run(play: Scene, job: string, name: string, more: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const step = stepOf(job, name);
  const { GITHUB_REPOSITORY, GITHUB_SHA, ...rest } = { ...VARIABLES, ...more };
  const own = Object.fromEntries(Object.entries(rest).filter(([variable]) => variable in (step.env ?? {})));
  return play.run(step.run, { GITHUB_REPOSITORY, GITHUB_SHA, ...own }, step["working-directory"]);
}

const outputOf = (play: Scene) => /code=(\d)\n$/.exec(play.read("output"))?.[1];

describeRun("its steps on a pull request", () => {
  it("write the plan as a comment, and replace it by the next one", async () => {
    const play = await scene();
    play.checkOutJournal();
    play.configure({ fields: "name: First" });
    expect(await run(play, "validate", "Validate")).toMatchObject({ code: 0 });
    expect(await run(play, "plan", "Check the journal")).toMatchObject({ code: 0 });
    expect(await run(play, "plan", "Plan")).toMatchObject({ code: 0 });
    expect(outputOf(play)).toBe("2");
    expect(await run(play, "comment", "Write the comment, or replace the earlier one")).toEqual({
      code: 0,
      output: "",
    });
    expect(play.state().comments).toEqual([
      { id: 100, user: { login: "github-actions[bot]" }, body: play.read("work/plan.md") },
    ]);
    expect(play.read("summary.md")).toBe(play.read("work/plan.md"));
    play.configure({ fields: "name: Second" });
    await run(play, "plan", "Plan");
    await run(play, "comment", "Write the comment, or replace the earlier one");
    const [comment, ...others] = play.state().comments;
    expect(others).toEqual([]);
    expect(comment?.body).toMatch(new RegExp(`^${MARKER}.*apply writes 2`));
    expect(comment?.body).toContain("<code>Second</code>");
  });

  it("leave what others wrote alone, whatever it begins with", async () => {
    const play = await scene();
    play.checkOutJournal();
    play.configure({ fields: "name: First" });
    const others = [
      { id: 1, user: { login: "mallory" }, body: `${MARKER}All is well.` },
      { id: 2, user: { login: "github-actions[bot]" }, body: "Another job's" },
    ];
    play.write({ comments: others });
    await run(play, "plan", "Plan");
    expect(await run(play, "comment", "Write the comment, or replace the earlier one")).toMatchObject({ code: 0 });
    expect(play.state().comments).toEqual([...others, expect.objectContaining({ id: 102 })]);
  });

  it.each([
    ["0", "nothing differs", { fields: "name: Old" }, {}, "", /nothing to write/],
    [
      "3",
      "a limit is exceeded",
      { fields: "name: New", top: "limits: { update: { count: 0 } }" },
      {},
      "::error::Refused",
      /\*\*Refused\*\*/,
    ],
    [
      "5",
      "a token is missing",
      { fields: "name: New" },
      { NGROK_TOKEN: "" },
      "::error::A token",
      /none could be made\n\n.* \(exit code 5\)/,
    ],
    [
      "1",
      "the config is wrong",
      { fields: "nmae: New" },
      {},
      "::error::No complete plan",
      /none could be made\n\n.* \(exit code 1\)/,
    ],
  ] as const)("end with %s where %s, and the comment tells", async (code, _title, config, more, said, comment) => {
    const play = await scene();
    play.checkOutJournal();
    play.configure(config);
    const { run: script } = stepOf("plan", "Plan");
    const ended = await play.run(script, more);
    expect({ ...ended, code: String(ended.code) }).toEqual({ code, output: expect.stringContaining(said) });
    expect(outputOf(play)).toBe(code);
    await run(play, "comment", "Write the comment, or replace the earlier one", { CODE: code });
    expect(play.state().comments[0]?.body).toMatch(comment);
    expect(play.state().comments[0]?.body.startsWith(MARKER)).toBe(true);
  });
});

describeRun("its steps after the merge", () => {
  async function planned(): Promise<Scene> {
    const play = await scene();
    play.checkOutJournal();
    play.configure({ fields: "name: New" });
    await run(play, "plan", "Plan");
    return play;
  }

  it("apply the plan, and keep the journal on its branch for the next run", async () => {
    const play = await planned();
    expect(await run(play, "apply", "Apply")).toMatchObject({ code: 0 });
    expect(play.read("summary.md")).toContain("### gatefold apply: 2 done");
    expect(await run(play, "apply", "Save the journal")).toEqual({ code: 0, output: "" });
    play.checkOutJournal();
    expect(await run(play, "apply", "Check the journal")).toMatchObject({
      code: 0,
      output: expect.stringContaining("It still holds line"),
    });
    const shown = await play.run("gatefold journal show --journal journal/journal.jsonl");
    expect(shown.output).toContain("reason: 0a1b2c3");
    expect((await run(play, "plan", "Plan")).code).toBe(0);
    expect(outputOf(play)).toBe("0");
  });

  it("stop before anything is written where the journal was cut off", async () => {
    const play = await planned();
    await run(play, "apply", "Apply");
    await run(play, "apply", "Save the journal");
    expect(await play.run("sed -i '$d' journal/journal.jsonl")).toMatchObject({ code: 0 });
    expect(await run(play, "apply", "Check the journal")).toMatchObject({ code: 1 });
  });

  it.each([
    [
      6,
      "the config changed since",
      (play: Scene) => play.configure({ fields: "name: Newer" }),
      "::error::The plan is stale",
    ],
    [
      4,
      "one gateway refuses",
      ({ sandbox }: Scene) => sandbox.inject("ngrok", { kind: "status", status: 400, method: "PATCH" }),
      "::error::Partly applied",
    ],
  ] as const)("end with %s where %s, and the journal is kept all the same", async (code, _title, spoil, said) => {
    const play = await planned();
    spoil(play);
    expect(await run(play, "apply", "Apply")).toEqual({ code, output: expect.stringContaining(said) });
    expect(await run(play, "apply", "Save the journal")).toMatchObject({ code: 0 });
  });

  it("end with 5 where a key is missing", async () => {
    const play = await planned();
    const ended = await play.run(stepOf("apply", "Apply").run, { ...VARIABLES, NGROK_TOKEN: "" });
    expect(ended).toEqual({ code: 5, output: expect.stringContaining("::error::A token or a key is missing") });
  });
});

describeRun("its steps at night", () => {
  const ISSUE = "Open, update or close the issue";

  it("open an issue where something differs, update it, and close it when nothing does", async () => {
    const play = await scene();
    play.checkOutJournal();
    for (const [fields, expected] of [
      ["name: Other", { number: 1, state: "open", body: expect.stringContaining("<code>Other</code>") }],
      ["name: Another", { number: 1, state: "open", body: expect.stringContaining("<code>Another</code>") }],
      ["name: Old", { number: 1, state: "closed" }],
    ] as const) {
      play.configure({ fields });
      expect(await run(play, "drift", "Look for drift")).toMatchObject({ code: 0 });
      expect(await run(play, "drift", ISSUE, { CODE: outputOf(play) ?? "" })).toMatchObject({ code: 0 });
      expect(play.state().issues).toEqual([expect.objectContaining(expected)]);
    }
  });

  it("fail where nobody can tell, and leave the issue as it is", async () => {
    const play = await scene();
    play.checkOutJournal();
    play.configure({ fields: "name: Old" });
    play.sandbox.inject("ngrok", { kind: "status", status: 503, times: 99 });
    expect(await run(play, "drift", "Look for drift")).toMatchObject({ code: 1 });
    expect(play.state().issues).toEqual([]);
  });
});
