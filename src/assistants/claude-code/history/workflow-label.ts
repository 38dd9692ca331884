import type { Workflow } from '../../../usage/workflow.ts';
import type { Purpose } from './tool-purpose.ts';

/** One use of a tool that came to an end. Milliseconds UTC. */
export interface ToolUse {
  purpose: Purpose;
  askedMs: number;
  endedMs: number;
  failed: boolean;
}

const EDITS: readonly Purpose[] = ['code', 'documentation', 'tests'];

/** What is kept of a prompt's uses of tools, however many there are. */
export class PromptUses {
  /** When the last one ended. */
  lastMs = -Infinity;
  readonly #purposes = new Set<Purpose>();
  #firstFailureMs = Infinity;
  #lastEditMs = -Infinity;

  add({ purpose, askedMs, endedMs, failed }: ToolUse): void {
    this.lastMs = Math.max(this.lastMs, endedMs);
    this.#purposes.add(purpose);
    if (failed) this.#firstFailureMs = Math.min(this.#firstFailureMs, endedMs);
    if (EDITS.includes(purpose)) this.#lastEditMs = Math.max(this.#lastEditMs, askedMs);
  }

  /** A heuristic; the order of the rules matters. */
  get workflow(): Workflow {
    const edited = EDITS.filter((purpose) => this.#purposes.has(purpose));
    if (this.#firstFailureMs <= this.#lastEditMs) return 'debugging';
    if (edited.length > 0) {
      if (edited.length > 1 || edited[0] === 'code') return 'code generation';
      return edited[0] === 'documentation' ? 'documentation' : 'testing';
    }
    if (this.#purposes.has('test run')) return 'testing';
    const purposes = [...this.#purposes].filter((purpose) => purpose !== 'nothing');
    return purposes.length > 0 && purposes.every((purpose) => purpose === 'look') ? 'review and exploration' : 'other';
  }
}
