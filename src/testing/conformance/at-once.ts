// What must happen at once happens within this, on the slowest machine.
export const AT_ONCE_MS = 5_000;

/** The result of something that must not take long. */
export async function atOnce<Result>(work: Promise<Result>, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const problem = `${what}: it did not end within ${AT_ONCE_MS / 1000} s`;
    timer = setTimeout(() => reject(new Error(problem)), AT_ONCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
