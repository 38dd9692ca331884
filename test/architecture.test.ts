import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** Folders of src, lowest first: a file may import from its own row's folder and from any row above it. */
const LAYERS = [
  ['usage'],
  ['otlp', 'setup', 'delivery', 'reports'],
  ['assistants', 'vendors'],
  ['store'],
  ['server'],
  ['cli'],
];
const root = path.resolve(import.meta.dirname, '../src');

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => name.split(path.sep).join('/'));

const IMPORT = /(?:import|export)\s(type\s)?[^;'()]*?from\s*'(\.[^']+)'|import\(\s*'(\.[^']+)'/g;
const importsOf = (file: string, types: 'with types' | 'values only' = 'with types'): string[] =>
  [...readFileSync(path.join(root, file), 'utf8').matchAll(IMPORT)].flatMap(([, type, fixed, lazy]) =>
    type !== undefined && types === 'values only'
      ? []
      : [path.posix.normalize(path.posix.join(path.posix.dirname(file), fixed ?? lazy ?? ''))],
  );

// Files beside the folders (errors, version, secrets, the public index) belong to no layer.
const folderOf = (file: string): string | null => (file.includes('/') ? (file.split('/')[0] ?? null) : null);
const layerOf = (folder: string): number => LAYERS.findIndex((names) => names.includes(folder));

describe('the house', () => {
  it('has a layer for every folder', () => {
    const folders = new Set(files.flatMap((file) => folderOf(file) ?? []));
    expect([...folders].filter((folder) => folder !== 'dashboard' && layerOf(folder) < 0)).toEqual([]);
  });

  it('imports downwards only', () => {
    const wrong = files.flatMap((file) => {
      const from = folderOf(file);
      if (from === null) return [];
      return importsOf(file).flatMap((target) => {
        const to = folderOf(target);
        if (to === null || to === from || layerOf(to) < layerOf(from)) return [];
        return [`${file} imports ${target}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  it('has no circles', () => {
    const graph = new Map(
      files.map((file) => [file, importsOf(file, 'values only').filter((target) => files.includes(target))]),
    );
    const done = new Set<string>();
    const visit = (file: string, trail: readonly string[]): string[] => {
      if (trail.includes(file)) return [[...trail.slice(trail.indexOf(file)), file].join(' -> ')];
      if (done.has(file)) return [];
      const circles = (graph.get(file) ?? []).flatMap((target) => visit(target, [...trail, file]));
      done.add(file);
      return circles;
    };
    expect(files.flatMap((file) => visit(file, []))).toEqual([]);
  });

  it('resolves every relative import', () => {
    const missing = files.flatMap((file) =>
      importsOf(file).flatMap((target) =>
        files.includes(target) || target.endsWith('.json') ? [] : [`${file}: ${target}`],
      ),
    );
    expect(missing).toEqual([]);
  });
});
