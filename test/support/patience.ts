/** For `expect.poll`: how long something may take on a machine that is busy with other things. */
export const PATIENTLY = { timeout: 20_000 };
