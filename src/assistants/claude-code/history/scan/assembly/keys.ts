// The keys that are wanted of each object, in open addressing. The host fills the tables in before anything is read,
// see `skimmer.ts`.

/** A slot: the name's length (0: empty), its kind, its meaning, the table of the object it opens; behind them the name. */
const SLOT: usize = 64;
const NAME: usize = 4;
const SLOTS: usize = 32;
const TABLES: usize = 9;
const tables = memory.data(<i32>(SLOT * SLOTS * TABLES), 16);

/** What a key is good for. */
export const STRING: u8 = 1;
/** A string that is usual with escapes in it, as are paths of Windows. */
export const ESCAPABLE: u8 = 2;
export const COUNT: u8 = 3;
export const FLAG: u8 = 4;
/** Calls inside an answer. */
export const ITERATIONS: u8 = 5;
/** An object that is entered. */
export const OBJECT: u8 = 6;

export function addKey(table: usize, name: usize, length: usize, kind: u8, meaning: u8, opens: u8): void {
  let slot = firstSlot(table, name, length);
  while (load<u8>(slot) != 0) slot = nextSlot(table, slot);
  store<u8>(slot, <u8>length);
  store<u8>(slot, kind, 1);
  store<u8>(slot, meaning, 2);
  store<u8>(slot, opens, 3);
  memory.copy(slot + NAME, name, length);
}

/** The slot of a key, or 0. */
export function findKey(table: usize, name: usize, length: usize): usize {
  let slot = firstSlot(table, name, length);
  while (true) {
    const known = <usize>load<u8>(slot);
    if (known == 0) return 0;
    if (known == length && memory.compare(slot + NAME, name, length) == 0) return slot;
    slot = nextSlot(table, slot);
  }
}

export function kindOf(slot: usize): u8 {
  return load<u8>(slot, 1);
}

export function meaningOf(slot: usize): usize {
  return load<u8>(slot, 2);
}

export function opensOf(slot: usize): usize {
  return load<u8>(slot, 3);
}

function firstSlot(table: usize, name: usize, length: usize): usize {
  if (length == 0) return tables + table * SLOTS * SLOT;
  const number = (<usize>load<u8>(name) * 7 + <usize>load<u8>(name + length - 1) * 3 + length) % SLOTS;
  return tables + (table * SLOTS + number) * SLOT;
}

function nextSlot(table: usize, slot: usize): usize {
  const start = tables + table * SLOTS * SLOT;
  return start + ((slot - start + SLOT) % (SLOTS * SLOT));
}
