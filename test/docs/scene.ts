import { execFile, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import type { Sandbox } from "../../src/testing/index.ts";
import { requireBuild, root } from "../support/built.ts";
import { type FleetOptions, fleetConfig, fleetSeed } from "../support/fleet.ts";
import { useSandbox } from "../support/sync.ts";
import { describeWhole } from "../support/whole.ts";

export const MARKER = "<!-- gatefold plan -->\n";

/** A recipe as data, of the shape that its host gives it. */
export function recipe<Shape>(name: string): Shape {
  return parse(readFileSync(join(root, "docs", "ci", name), "utf8"));
}

/** Why recipes cannot be run here, or nothing. */
function obstacle(): string | undefined {
  const missing = ["bash", "git", "jq"].filter((program) => {
    try {
      execFileSync(program, ["--version"], { stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
  return missing.length === 0 ? undefined : `needs ${missing.join(", ")}`;
}

/** Tests that run a recipe's shell, with what a runner has. */
export const describeRun = (title: string, tests: () => void): void => describeWhole(title, obstacle(), tests);

export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user?: { readonly login: string };
  readonly author?: { readonly id: number };
}

interface FakeState {
  readonly calls: readonly (readonly string[])[];
  readonly comments: readonly Comment[];
  readonly issues: readonly { readonly number: number; readonly state: string; readonly body: string }[];
}

/** A runner's folders, programs and variables, gateways that hold one object each, and a repository with a journal's branch. */
export interface Scene {
  readonly sandbox: Sandbox;
  /** Where the steps run: the checkout of the config. */
  readonly work: string;
  configure(options: FleetOptions): void;
  run(script: string, variables?: Readonly<Record<string, string>>, folder?: string): Promise<Ended>;
  read(name: string): string;
  state(): FakeState;
  write(state: Partial<FakeState>): void;
  /** Checks out the branch of the journal anew, as a new runner would. */
  checkOutJournal(): void;
}

export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** A scene for each test that asks for one, removed after it. */
export function useScenes(): () => Promise<Scene> {
  const open = useSandbox();
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return async () => {
    requireBuild();
    const folder = mkdtempSync(join(tmpdir(), "gatefold-recipe-"));
    folders.push(folder);
    return sceneIn(folder, await open({ seed: fleetSeed(1) }));
  };
}

function sceneIn(folder: string, sandbox: Sandbox): Scene {
  const at = (...names: string[]) => join(folder, ...names);
  for (const name of ["work", "bin", "home", "temporary"]) mkdirSync(at(name));
  const program = (name: string, command: string) => {
    writeFileSync(at("bin", name), `#!/bin/sh\nexec ${command} "$@"\n`);
    chmodSync(at("bin", name), 0o755);
  };
  program("gatefold", `"${process.execPath}" "${join(root, "dist", "cli.mjs")}"`);
  for (const name of ["gh", "curl"])
    program(name, `"${process.execPath}" "${join(__dirname, "fakes", `${name}.cjs`)}"`);
  program("npm", "true");
  const remote = at("remote.git");
  // Every address of the host leads to the repository here, and whoever may not push there is refused.
  const addresses = [
    `[url "${remote}"]\n  insteadOf = https://gitlab-ci-token:the-job-token@gitlab.test/acme/gateways.git`,
    `[url "${remote}"]\n  insteadOf = https://gatefold:the-journal-token@gitlab.test/acme/gateways.git`,
  ];
  writeFileSync(at("home", ".gitconfig"), `${addresses.join("\n")}\n[init]\n  defaultBranch = main\n`);
  const write = (state: Partial<FakeState>) => {
    writeFileSync(at("state.json"), JSON.stringify({ calls: [], comments: [], issues: [], ...state }));
  };
  write({});
  let environment: Readonly<Record<string, string | undefined>> = {};
  const variables = () => ({
    ...environment,
    PATH: [at("bin"), dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    HOME: at("home"),
    GIT_CONFIG_NOSYSTEM: "1",
    FAKE_STATE: at("state.json"),
    RUNNER_TEMP: at("temporary"),
    GITHUB_OUTPUT: at("output"),
    GITHUB_STEP_SUMMARY: at("summary.md"),
  });
  const git = (...words: string[]) =>
    execFileSync("git", words, { cwd: folder, env: variables(), stdio: "ignore", encoding: "utf8" });
  git("init", "--bare", "--initial-branch", "gatefold-journal", remote);
  git("clone", remote, at("first"));
  const author = ["-c", "user.name=t", "-c", "user.email=t@t.test"];
  git("-C", at("first"), ...author, "commit", "--allow-empty", "--message", "The journal of gatefold");
  git("-C", at("first"), "push", "origin", "HEAD:gatefold-journal");
  return {
    sandbox,
    work: at("work"),
    configure: (options) => {
      const made = fleetConfig(sandbox, 1, { gateways: ["barndoor", "ngrok"], ...options });
      environment = made.environment;
      writeFileSync(at("work", "gatefold.yaml"), made.yaml, { mode: 0o600 });
    },
    run: (script, more = {}, inside = "") =>
      new Promise((resolve) => {
        // As the runners do it.
        const words = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script];
        const options = { cwd: at("work", inside), env: { ...variables(), ...more } };
        execFile("bash", words, options, (error, stdout, stderr) => {
          resolve({ code: typeof error?.code === "number" ? error.code : 0, output: `${stdout}${stderr}` });
        });
      }),
    read: (name) => (existsSync(at(name)) ? readFileSync(at(name), "utf8") : ""),
    state: () => JSON.parse(readFileSync(at("state.json"), "utf8")),
    write,
    checkOutJournal: () => {
      rmSync(at("work", "journal"), { recursive: true, force: true });
      git("clone", "--quiet", "--branch", "gatefold-journal", remote, at("work", "journal"));
    },
  };
}
