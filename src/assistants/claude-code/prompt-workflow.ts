import type { OutgoingRecord } from '../../otlp/encode-request.ts';
import type { NaturalKey } from '../../usage/identity.ts';
import { eventId } from '../../usage/identity.ts';
import type { Workflow } from '../../usage/workflow.ts';

/** What a prompt was about, as it was when its last use of a tool ended. */
export interface PromptWorkflow {
  sessionId: string;
  promptId: string;
  workflow: Workflow;
  /** Milliseconds UTC. */
  atMs: number;
}

/** Which statement about a prompt it is: sent again it is the same, of a prompt that has grown another. */
export const workflowKey = ({ sessionId, promptId, workflow, atMs }: PromptWorkflow): NaturalKey => [
  'claude-workflow',
  sessionId,
  promptId,
  workflow,
  atMs,
];

/** As the history import sends it: a word, and never what it was concluded from. */
export const workflowRecord = (
  prompt: PromptWorkflow,
  { version, project }: { version: string | null; project: string | null },
): OutgoingRecord => ({
  eventName: 'claude_code.prompt_workflow',
  atMs: prompt.atMs,
  attributes: {
    transaction_id: eventId(workflowKey(prompt)),
    'revenium.source': 'backfill',
    'session.id': prompt.sessionId,
    'prompt.id': prompt.promptId,
    'revenium.workflow': prompt.workflow,
    'app.version': version,
    project,
  },
});
