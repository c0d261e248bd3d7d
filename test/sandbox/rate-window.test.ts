import { RateWindow } from "../../src/sandbox/index.ts";

it("admits as many as said in any stretch of the window, and tells the wait until the next", () => {
  let now = 1000;
  const window = new RateWindow(2, 100, () => now);
  const takes = (...at: number[]) =>
    at.map((time) => {
      now = time;
      return window.take();
    });
  expect(takes(1000, 1040, 1050, 1099, 1100, 1101, 1140)).toEqual([0, 0, 50, 1, 0, 39, 0]);
});
