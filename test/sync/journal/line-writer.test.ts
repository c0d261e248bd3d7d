import { LineWriter } from "../../../src/sync/journal/line-writer.ts";

/** A disk that finishes each write when it is told to. */
function disk() {
  const writes: { readonly text: string; readonly finish: () => void; readonly fail: (error: Error) => void }[] = [];
  const writer = new LineWriter(
    (text) => new Promise((resolve, reject) => writes.push({ text, finish: resolve, fail: reject })),
  );
  return { writer, writes };
}

/** Lets everything that waits for nothing but this process go on. */
const settle = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

it("lines that come during a write go together into the next one, in order, and wait for it", async () => {
  const { writer, writes } = disk();
  const done: string[] = [];
  const add = (text: string) => writer.add(text).then(() => done.push(text));
  void add("a");
  void add("b");
  void add("c");
  await settle();
  expect(writes.map(({ text }) => text)).toEqual(["a"]);
  expect(done).toEqual([]);
  writes[0]?.finish();
  await settle();
  expect(writes.map(({ text }) => text)).toEqual(["a", "bc"]);
  expect(done).toEqual(["a"]);
  void add("d");
  writes[1]?.finish();
  await settle();
  expect(writes.map(({ text }) => text)).toEqual(["a", "bc", "d"]);
  expect(done).toEqual(["a", "b", "c"]);
  let idle = false;
  const waiting = writer.idle().then(() => {
    idle = true;
  });
  await settle();
  expect(idle).toBe(false);
  writes[2]?.finish();
  await waiting;
  expect(done).toEqual(["a", "b", "c", "d"]);
});

it("a failed write fails all that is in it, all that waits and all that comes, and is the last one", async () => {
  const { writer, writes } = disk();
  const full = new Error("full");
  const lines = ["a", "b", "c"].map((text) => writer.add(text));
  const failures = Promise.allSettled(lines);
  writes[0]?.finish();
  await settle();
  writes[1]?.fail(full);
  expect(await failures).toEqual([
    { status: "fulfilled", value: undefined },
    { status: "rejected", reason: full },
    { status: "rejected", reason: full },
  ]);
  await expect(writer.add("d")).rejects.toBe(full);
  await writer.idle();
  expect(writes.map(({ text }) => text)).toEqual(["a", "bc"]);
});
