import type { PromptWorkflow } from '../prompt-workflow.ts';
import type { Json } from './json-line.ts';
import { blocks, record, text, timeOf } from './json-line.ts';
import type { Purpose } from './tool-purpose.ts';
import { purposeOf } from './tool-purpose.ts';
import { PromptUses } from './workflow-label.ts';

/** What one prompt was about, and where it was asked. */
export interface PromptWork extends PromptWorkflow {
  version: string | null;
  cwd: string | null;
}

/** A use of a tool whose end has not been met yet; of its input nothing is kept. */
interface Asked {
  purpose: Purpose;
  askedMs: number;
}

/** What the client puts in a result's place where a person said no: the tool did not run. */
const REJECTED = 'User rejected tool use';

/** Gathers the prompts of a session that used tools. A tool's result names the prompt that it was used for. */
export class WorkOfPrompts {
  readonly #asked = new Map<string, Asked>();
  readonly #prompts = new Map<string, Omit<PromptWork, 'workflow' | 'atMs'> & { uses: PromptUses }>();

  /** An answer, and the tools that it asks for. */
  ask(line: Json): void {
    const asked = blocks(line, 'tool_use');
    const askedMs = asked.length > 0 ? timeOf(line) : null;
    for (const block of asked) {
      const id = text(block.id);
      const tool = text(block.name);
      if (id === null || tool === null || askedMs === null) continue;
      this.#asked.set(id, { purpose: purposeOf(tool, record(block.input) ?? {}, text(line.cwd)), askedMs });
    }
  }

  /** A line with the result of a tool. */
  end(line: Json, result: Json): void {
    const id = text(result.tool_use_id);
    const use = id === null ? undefined : this.#asked.get(id);
    const sessionId = text(line.sessionId);
    const promptId = text(line.promptId);
    const endedMs = timeOf(line);
    if (id === null || !use || sessionId === null || promptId === null || endedMs === null) return;
    this.#asked.delete(id);
    if (line.toolUseResult === REJECTED) return;
    const key = JSON.stringify([sessionId, promptId]);
    const prompt = this.#prompts.get(key) ?? {
      ...{ sessionId, promptId, uses: new PromptUses() },
      ...{ version: text(line.version), cwd: text(line.cwd) },
    };
    this.#prompts.set(key, prompt);
    prompt.uses.add({ ...use, endedMs, failed: result.is_error === true });
  }

  prompts(): PromptWork[] {
    return [...this.#prompts.values()].map(({ uses, ...prompt }) => ({
      ...prompt,
      workflow: uses.workflow,
      atMs: uses.lastMs,
    }));
  }
}
