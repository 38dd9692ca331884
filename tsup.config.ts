import { defineConfig } from 'tsup';

const common = { format: 'esm', target: 'node20', platform: 'node', splitting: true, sourcemap: true } as const;

export default defineConfig([
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      'cli/main': 'src/cli/main.ts',
      'scan-worker': 'src/assistants/claude-code/history/scan/scan-worker.ts',
    },
    outDir: 'dist',
    clean: true,
    dts: { entry: { index: 'src/index.ts' } },
  },
]);
