const NOBODY = 65_534;

/** Runs work as somebody who may not read everything: root may, whatever a file's mode says. */
export async function asNobody<T>(work: () => T | Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0 || !process.seteuid) return await work();
  process.seteuid(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid(0);
  }
}
