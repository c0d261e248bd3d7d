import { execFile, execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./support/built.ts";
import { useTemporaryDirectory } from "./support/sync.ts";

const directory = useTemporaryDirectory();

const CHANGELOG = "# Changelog\n\n## [1.2.3] - 2026-11-22\n";
const MANIFEST = {
  name: "released",
  version: "1.2.3",
  repository: { url: "git+https://git.example/acme/released.git" },
};

interface Repository {
  readonly manifest?: object;
  readonly changelog?: string;
  readonly tag?: string;
  /** A file that is not committed. */
  readonly leftover?: boolean;
  /** What the checks end with. */
  readonly checks?: number;
}

/** Runs the release script in a repository of its own; npm and the checks only write down that they were called. */
async function release(
  { manifest = MANIFEST, changelog = CHANGELOG, tag = "v1.2.3", leftover = false, checks = 0 }: Repository,
  ...options: string[]
) {
  const home = join(directory.path, "repository");
  const tools = join(directory.path, "tools");
  const calls = join(directory.path, "calls");
  mkdirSync(join(home, ".ci"), { recursive: true });
  mkdirSync(tools);
  writeFileSync(calls, "");
  const program = (file: string, text: string) => {
    writeFileSync(file, `#!/usr/bin/env bash\n${text}\n`);
    chmodSync(file, 0o755);
  };
  program(join(tools, "npm"), `echo "npm $*" >> "${calls}"`);
  program(join(home, ".ci", "run"), `echo checks >> "${calls}"; exit ${checks}`);
  cpSync(join(root, ".ci", "release"), join(home, ".ci", "release"));
  writeFileSync(join(home, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(home, "CHANGELOG.md"), changelog);
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=tester", "-c", "user.email=tester@example.test", ...words], { cwd: home });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "All of it");
  git("tag", tag);
  if (leftover) writeFileSync(join(home, "leftover"), "");
  const environment = { PATH: `${tools}:${process.env.PATH ?? ""}` };
  const ran = await promisify(execFile)(join(home, ".ci", "release"), options, { cwd: home, env: environment }).then(
    () => ({ exit: 0, stderr: "" }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ exit: code, stderr }),
  );
  return { ...ran, calls: readFileSync(calls, "utf8").trim().split("\n").filter(Boolean) };
}

const hasTools = ["git", "bash"].every((tool) => spawnSync(tool, ["--version"]).status === 0);

(hasTools ? describe : describe.skip)("a release (needs git and bash)", () => {
  it("runs every check and publishes with provenance", async () => {
    expect(await release({})).toStrictEqual({
      exit: 0,
      stderr: "",
      calls: ["checks", "npm publish --provenance --access public"],
    });
  });

  it("can be tried", async () => {
    const { calls } = await release({}, "--dry-run");
    expect(calls).toStrictEqual(["checks", "npm publish --provenance --access public --dry-run"]);
  });

  it.each<[string, Repository, string]>([
    ["from a tree with changes", { leftover: true }, "the work tree has changes that are not committed"],
    ["without its tag", { tag: "v1.2.2" }, "the commit is not tagged v1.2.3"],
    [
      "that the changelog does not tell of",
      { changelog: "## [Unreleased]\n" },
      'CHANGELOG.md has no heading "## [1.2.3]',
    ],
    [
      "of no known repository",
      { manifest: { ...MANIFEST, repository: undefined } },
      "package.json names no repository",
    ],
  ])("is refused %s, before anything runs", async (_what, repository, message) => {
    const { exit, stderr, calls } = await release(repository);
    expect([exit, calls]).toStrictEqual([1, []]);
    expect(stderr).toContain(`release: ${message}`);
  });

  it("is refused with an option that there is not", async () => {
    expect(await release({}, "--force")).toMatchObject({ exit: 1, calls: [] });
  });

  it("publishes nothing when a check fails", async () => {
    expect(await release({ checks: 7 })).toMatchObject({ exit: 7, calls: ["checks"] });
  });
});
