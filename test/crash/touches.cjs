// Loaded before the command line (`node --require`): counts every touch of the journal's folder and of the network, and ends
// its own process with SIGKILL at one of them, as a power cut would. It is told what to do by the environment:
//   GATEFOLD_TOUCHES_FOLDER  the folder whose files count
//   GATEFOLD_TOUCHES_KILL    `12 before`, `12 after`, or `12 torn 0.4`: a write of which only that share gets through
//   GATEFOLD_TOUCHES_LOG     a file that gets a line for each, `begin 12 write` and `end 12 write`
//   GATEFOLD_TOUCHES_LATER   milliseconds by which its clock is ahead: whatever was under way before is long over
const fs = require("node:fs");
const http = require("node:http");
const { syncBuiltinESMExports } = require("node:module");
const { resolve, sep } = require("node:path");

const folder = resolve(process.env.GATEFOLD_TOUCHES_FOLDER);
const [killAt, killWhen, tornShare] = (process.env.GATEFOLD_TOUCHES_KILL ?? "").split(" ");
const logFile = process.env.GATEFOLD_TOUCHES_LOG;
// Taken before anything is replaced.
const { appendFileSync } = fs;
const promises = fs.promises;
const { now } = Date;
const later = Number(process.env.GATEFOLD_TOUCHES_LATER ?? 0);
Date.now = () => now() + later;

let count = 0;

function note(when, number, what) {
  if (logFile !== undefined) appendFileSync(logFile, `${when} ${number} ${what}\n`);
  if (Number(killAt) !== number) return;
  if ((when === "begin" && killWhen === "before") || (when === "end" && killWhen === "after")) die();
}

// A signal to oneself is there before the call returns.
function die() {
  process.kill(process.pid, "SIGKILL");
}

function begin(what) {
  count += 1;
  note("begin", count, what);
  return count;
}

const isInFolder = (path) => {
  if (typeof path !== "string") return false;
  const full = resolve(path);
  return full === folder || full.startsWith(folder + sep);
};

function replace(target, name, make) {
  const original = target[name];
  if (typeof original === "function") target[name] = make(original);
}

async function touch(what, work) {
  const number = begin(what);
  const result = await work(number);
  note("end", number, what);
  return result;
}

for (const name of ["rename", "link", "unlink", "rm", "mkdir", "writeFile", "appendFile", "truncate", "copyFile", "symlink"]) {
  replace(promises, name, (original) => (...given) => {
    const isTouch = given.slice(0, 2).some(isInFolder);
    return isTouch ? touch(name, () => original.apply(promises, given)) : original.apply(promises, given);
  });
  replace(fs, `${name}Sync`, (original) => (...given) => {
    if (!given.slice(0, 2).some(isInFolder)) return original.apply(fs, given);
    const number = begin(name);
    const result = original.apply(fs, given);
    note("end", number, name);
    return result;
  });
}

const { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC } = fs.constants;
const writes = (flags) => {
  if (typeof flags === "number") return (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) !== 0;
  return typeof flags === "string" && /[wa+]/.test(flags);
};

replace(promises, "open", (original) => async (...given) => {
  const open = () => original.apply(promises, given);
  if (!isInFolder(given[0])) return open();
  const handle = await (writes(given[1]) ? touch("open", open) : open());
  watch(handle);
  return handle;
});

function watch(handle) {
  for (const name of ["write", "writeFile", "appendFile", "writev", "sync", "datasync", "truncate"]) {
    const original = handle[name];
    handle[name] = (...given) =>
      touch(name, async (number) => {
        if (name === "write" && killWhen === "torn" && Number(killAt) === number) {
          const [bytes] = given;
          await original.call(handle, bytes.subarray(0, Math.floor(bytes.length * Number(tornShare))));
          die();
        }
        return original.apply(handle, given);
      });
  }
}

// A request begins before its bytes leave, and ends when they have; a response begins when all of it is here, and ends when
// the program was told.
replace(http.ClientRequest.prototype, "end", (original) => function end(...given) {
  const number = begin("request");
  this.once("finish", () => note("end", number, "request"));
  return original.apply(this, given);
});
replace(http.ClientRequest.prototype, "emit", (original) => function emit(name, ...given) {
  if (name === "response") watchEnd(given[0]);
  return original.call(this, name, ...given);
});

function watchEnd(response) {
  const original = response.emit;
  response.emit = function emit(name, ...given) {
    if (name !== "end") return original.call(this, name, ...given);
    const number = begin("response");
    const result = original.call(this, name, ...given);
    note("end", number, "response");
    return result;
  };
}

syncBuiltinESMExports();
