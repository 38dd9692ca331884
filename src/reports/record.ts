/**
 * What makes records with these fields, all null at first. An object that grows by names which are only known as it
 * runs becomes a hash table with its thirteenth field: V8 copies such a one many times more slowly, and writes it as
 * JSON half as fast. What is read from JSON, and every copy of it, is kept like an object that is written out.
 */
export function recordOf<Value>(names: readonly string[]): () => Record<string, Value | null> {
  const blank = JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null])))) as Record<
    string,
    null
  >;
  return () => ({ ...blank });
}
