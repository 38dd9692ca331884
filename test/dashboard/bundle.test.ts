import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DASHBOARD_PAGES } from '../../src/server/routes/dashboard.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const BUILT = path.join(ROOT, 'dist/dashboard');
const FIRST_LOAD_BYTES = 250_000;

const page = (): string => readFileSync(path.join(BUILT, 'index.html'), 'utf8');
const read = (name: string): Buffer => readFileSync(path.join(BUILT, name));

/** What a browser fetches before it shows anything: what the page names, and what that imports at once. */
function firstLoad(): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    if (!name.endsWith('.js')) return;
    for (const [, imported = ''] of read(name)
      .toString()
      .matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g))
      visit(`assets/${imported}`);
  };
  for (const [, name = ''] of page().matchAll(/(?:src|href)="\/([^"]+)"/g)) visit(name);
  return [...found];
}

describe('the built dashboard', () => {
  it('is there: the tests run after the build', () => {
    expect(existsSync(path.join(BUILT, 'index.html'))).toBe(true);
  });

  it('loads first under 250 kB, charts not among it', () => {
    const files = firstLoad();
    expect(files.some((name) => name.endsWith('.js')) && files.some((name) => name.endsWith('.css'))).toBe(true);
    const fonts = readdirSync(path.join(BUILT, 'assets')).filter((name) => /latin-wght-normal.*\.woff2$/.test(name));
    const bytes = files.map((name) => gzipSync(read(name)).length).reduce((sum, one) => sum + one, 0);
    const fontBytes = fonts.map((name) => read(`assets/${name}`).length).reduce((sum, one) => sum + one, 0);
    expect(bytes + fontBytes).toBeLessThan(FIRST_LOAD_BYTES);
    expect(files.filter((name) => read(name).includes('__plot'))).toEqual([]);
    expect(files.filter((name) => /plot|chart|heatmap|scatter/.test(name))).toEqual([]);
  });

  it('names no other host to load from, and holds nothing inline', () => {
    expect(page()).not.toMatch(/https?:\/\//);
    expect(page()).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=/);
  });

  it('has every file compressed beside it', () => {
    const files = readdirSync(path.join(BUILT, 'assets')).filter((name) => /\.(?:js|css)$/.test(name));
    expect(files.filter((name) => !existsSync(path.join(BUILT, 'assets', `${name}.gz`)))).toEqual([]);
  });
});

describe('the pages that the server answers', () => {
  it('are those that the dashboard has', () => {
    const source = readFileSync(path.join(ROOT, 'src/dashboard/pages.ts'), 'utf8');
    const paths = [...source.matchAll(/(?:page|later)\(\s*'([^']+)'/g)].map(([, one = '']) => one);
    const patterns = DASHBOARD_PAGES.map((one) => new RegExp(`^${one.replace(/:\w+/g, '[^/]+')}$`));
    expect(paths.length).toBeGreaterThan(15);
    expect(paths.filter((one) => !patterns.some((pattern) => pattern.test(one)))).toEqual([]);
  });
});
