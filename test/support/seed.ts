import fc from 'fast-check';

/**
 * Where chance begins: at the same place each time, so that a test that fails now and did not before tells of the
 * change between. `SEED=random` begins elsewhere, and a number where a report says.
 */
const { SEED: given = '20261121' } = process.env;
export const SEED = given === 'random' ? Date.now() % 2 ** 31 : Number(given);

fc.configureGlobal({ seed: SEED });
