import { expect, it } from 'vitest';
import { z } from 'zod';
import { csvOfPages } from '../../src/server/routes/reports/csv-rows.ts';

const row = z.object({ name: z.string(), count: z.number() });

async function textOf(pages: readonly { name: string; count: number }[][]): Promise<string> {
  let text = '';
  const each = async function* () {
    for (const page of pages) yield await Promise.resolve(page);
  };
  for await (const piece of csvOfPages(row, each())) text += piece;
  return text;
}

it('a table that comes page by page has one header, and every row once', async () => {
  expect(await textOf([[]])).toBe('name,count\r\n');
  const pages = [3, 2, 1].map((rows, page) => Array.from({ length: rows }, (_, n) => ({ name: `=${page}`, count: n })));
  expect(await textOf(pages)).toBe("name,count\r\n'=0,0\r\n'=0,1\r\n'=0,2\r\n'=1,0\r\n'=1,1\r\n'=2,0\r\n");
});
