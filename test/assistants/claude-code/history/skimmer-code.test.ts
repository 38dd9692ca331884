import asc from 'assemblyscript/asc';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const SCAN = path.resolve('src/assistants/claude-code/history/scan');

it('the code of the skimmer is what its sources compile to', async () => {
  let code: Uint8Array | undefined;
  const { error } = await asc.main(
    ['index.ts', '--outFile', 'skimmer.wasm', '-O3', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort='],
    {
      readFile: (name) => {
        try {
          return readFileSync(path.join(SCAN, 'assembly', name), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (_name, content) => {
        code = Buffer.from(content);
      },
      listFiles: () => [],
    },
  );
  expect(error).toBe(null);
  const text = Buffer.from(code ?? []).toString('base64');
  await expect(
    `/** What \`assembly/\` compiles to; its test makes this file anew (\`vitest run -u\`). */\nexport const SKIMMER_CODE =\n  '${text}';\n`,
  ).toMatchFileSnapshot(path.join(SCAN, 'skimmer-code.ts'));
});
