/** The events that are read, by their full names. A record of any other event is dropped while it is decoded. */
export const EVENTS = {
  'claude_code.api_request': 'A model call',
  'claude_code.api_error': 'A model call that failed',
  'claude_code.api_retries_exhausted': 'A model call given up after several attempts',
  'claude_code.user_prompt': 'A prompt: its length, never its text',
  'claude_code.tool_decision': 'A tool call accepted or rejected',
  'claude_code.tool_result': 'A tool call that ran',
  'claude_code.subagent_completed': 'A sub-agent that finished',
  'claude_code.compaction': 'A conversation that was compacted',
  'claude_code.prompt_workflow':
    "A kind of work, one of six words, that a prompt's tools were used for; sent by our own import",
  'gemini_cli.api_response': 'A model call',
  'gemini_cli.api_error': 'A model call that failed',
  'gemini_cli.user_prompt': 'A prompt: its length, never its text',
  'gemini_cli.tool_call': 'A tool call, accepted or rejected',
  'gemini_cli.agent.finish': 'A sub-agent that finished',
  'gemini_cli.chat_compression': 'A conversation that was compacted',
  'cursor_ide.api_response': "A row of Cursor's usage events, sent by our own sync",
  'cursor_ide.snapshot': 'Closes an hour of such rows: how many there are',
  'revenium.test': 'The record of a test command; in no report',
} as const;

export type EventName = keyof typeof EVENTS;

// The keys of a literal are exactly its type's keys.
export const EVENT_NAMES = Object.keys(EVENTS) as EventName[];

/** Claude Code's `event.name` leaves this prefix out, its body has it. */
export const CLAUDE_PREFIX = 'claude_code.';
