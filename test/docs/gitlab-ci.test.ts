import { allowLoopback } from "../support/loopback.ts";
import { describeRun, type Ended, MARKER, recipe, type Scene, useScenes } from "./scene.ts";

allowLoopback();
const scene = useScenes();

interface Job {
  readonly extends?: string;
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
  readonly rules: readonly { readonly if: string; readonly when?: string }[];
  readonly environment?: { readonly name: string; readonly action?: string };
  readonly resource_group?: string;
}

const pipeline = recipe<Readonly<Record<string, Job>>>("gitlab-ci.yml");

function jobOf(name: string): Job {
  const job = pipeline[name];
  if (job === undefined) throw new Error(`there is no job ${name}`);
  return job;
}

function scriptOf(name: string): string {
  const { extends: parent, before_script = [], script } = jobOf(name);
  const before = parent === undefined ? before_script : (jobOf(parent).before_script ?? []);
  return [...before, ...script].join("\n");
}

describe("the pipeline for GitLab CI", () => {
  it("reaches a gateway only for branches of the project itself", () => {
    expect(jobOf("validate").extends).toBe(".installed");
    const own = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID";
    for (const name of ["plan", "comment", "apply", "drift"]) {
      for (const rule of jobOf(name).rules) {
        if (rule.if.includes("merge_request_event")) expect(rule.if).toContain(own);
      }
      expect(jobOf(name).environment?.name).toMatch(/^gatefold-/);
    }
  });

  it("applies by hand on the default branch alone, one at a time, and asks for no trust", () => {
    const { rules, environment, resource_group } = jobOf("apply");
    expect(rules).toEqual([
      { if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule"', when: "manual" },
    ]);
    expect({ environment, resource_group }).toEqual({
      environment: { name: "gatefold-production" },
      resource_group: "gatefold-apply",
    });
    expect(JSON.stringify(pipeline)).not.toMatch(/trust-config|TRUST_CONFIG/);
  });
});

const VARIABLES = {
  GATEFOLD_VERSION: "0.1.0",
  CI_API_V4_URL: "https://gitlab.test/api/v4",
  CI_PROJECT_ID: "9",
  CI_MERGE_REQUEST_IID: "7",
  CI_COMMIT_SHA: "0a1b2c3",
  CI_SERVER_HOST: "gitlab.test",
  CI_PROJECT_PATH: "acme/gateways",
  CI_JOB_TOKEN: "the-job-token",
};
const OF_ENVIRONMENT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  comment: { GATEFOLD_COMMENT_TOKEN: "the-bot-token" },
  drift: { GATEFOLD_ISSUE_TOKEN: "the-bot-token" },
  apply: { GATEFOLD_JOURNAL_TOKEN: "the-journal-token" },
};

/** Runs a job on a runner that has nothing of an earlier one but its artifacts. */
async function run(play: Scene, job: string, more: Readonly<Record<string, string>> = {}): Promise<Ended> {
  await play.run("rm -rf journal");
  return play.run(scriptOf(job), { ...VARIABLES, ...OF_ENVIRONMENT[job], ...more });
}

const codeOf = (play: Scene) => /^GATEFOLD_CODE=(\d)\n$/.exec(play.read("work/plan.env"))?.[1] ?? "";

describeRun("its jobs on a merge request", () => {
  it("write the plan as a note, and replace it by the next one, on whatever page it is", async () => {
    const play = await scene();
    const others = [
      { id: 1, author: { id: 7 }, body: `${MARKER}All is well.` },
      { id: 2, author: { id: 42 }, body: "Another job's" },
      { id: 3, author: { id: 7 }, body: "Looks good" },
    ];
    play.write({ comments: others });
    for (const name of ["First", "Second"]) {
      play.configure({ fields: `name: ${name}` });
      expect(await run(play, "validate")).toMatchObject({ code: 0 });
      expect(await run(play, "plan")).toMatchObject({ code: 0 });
      expect(codeOf(play)).toBe("2");
      expect(await run(play, "comment")).toEqual({ code: 0, output: "" });
      expect(play.state().comments).toEqual([
        ...others,
        { id: 103, author: { id: 42 }, body: play.read("work/plan.md") },
      ]);
      expect(play.read("work/plan.md")).toContain(`<code>${name}</code>`);
    }
  });

  it.each([
    ["0", "nothing differs", { fields: "name: Old" }, {}, "", /nothing to write/],
    [
      "3",
      "a limit is exceeded",
      { fields: "name: New", top: "limits: { update: { count: 0 } }" },
      {},
      "Refused for safety",
      /\*\*Refused\*\*/,
    ],
    ["5", "a token is missing", { fields: "name: New" }, { NGROK_TOKEN: "" }, "A token or a key", /exit code 5/],
  ] as const)("end with %s where %s, and the note tells", async (code, _title, config, more, said, note) => {
    const play = await scene();
    play.configure(config);
    const ended = await run(play, "plan", more);
    expect({ ...ended, code: String(ended.code) }).toEqual({ code, output: expect.stringContaining(said) });
    expect(codeOf(play)).toBe(code);
    await run(play, "comment", { GATEFOLD_CODE: code });
    expect(play.state().comments[0]?.body).toMatch(note);
  });
});

describeRun("its jobs after the merge", () => {
  async function planned(): Promise<Scene> {
    const play = await scene();
    play.configure({ fields: "name: New" });
    await run(play, "plan");
    return play;
  }

  it("apply the plan, and keep the journal on its branch for the next run", async () => {
    const play = await planned();
    expect(await run(play, "apply", { GATEFOLD_CODE: codeOf(play) })).toMatchObject({ code: 0 });
    expect(play.read("work/apply.md")).toContain("### gatefold apply: 2 done");
    const again = await run(play, "plan");
    expect(again.output).toContain("It still holds line");
    expect(codeOf(play)).toBe("0");
    expect(await run(play, "apply", { GATEFOLD_CODE: "0" })).toMatchObject({
      code: 0,
      output: expect.stringContaining("nothing to apply"),
    });
  });

  it.each([
    [6, "the config changed since", (play: Scene) => play.configure({ fields: "name: Newer" }), "The plan is stale"],
    [
      4,
      "one gateway refuses",
      ({ sandbox }: Scene) => sandbox.inject("ngrok", { kind: "status", status: 400, method: "PATCH" }),
      "Partly applied",
    ],
  ] as const)("end with %s where %s", async (code, _title, spoil, said) => {
    const play = await planned();
    spoil(play);
    expect(await run(play, "apply", { GATEFOLD_CODE: "2" })).toEqual({ code, output: expect.stringContaining(said) });
    // What was written is known to the next run.
    if (code === 4) expect((await run(play, "plan")).output).toContain("It still holds line");
  });
});

describeRun("its job at night", () => {
  it("opens an issue where something differs, updates it, and closes it when nothing does", async () => {
    const play = await scene();
    for (const [fields, expected] of [
      ["name: Other", { number: 1, state: "open", body: expect.stringContaining("<code>Other</code>") }],
      ["name: Another", { number: 1, state: "open", body: expect.stringContaining("<code>Another</code>") }],
      ["name: Old", { number: 1, state: "closed" }],
    ] as const) {
      play.configure({ fields });
      expect(await run(play, "drift")).toMatchObject({ code: 0 });
      expect(play.state().issues).toEqual([expect.objectContaining(expected)]);
    }
  });
});
