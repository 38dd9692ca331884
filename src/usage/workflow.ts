/** What people have an assistant do: what the tools of one prompt were used for. */
export const WORKFLOWS = [
  'code generation',
  'debugging',
  'testing',
  'documentation',
  'review and exploration',
  'other',
] as const;
export type Workflow = (typeof WORKFLOWS)[number];

export const isWorkflow = (value: unknown): value is Workflow => (WORKFLOWS as readonly unknown[]).includes(value);

/** Tools that change files, of Claude Code and of Gemini CLI. */
export const EDIT_TOOLS: readonly string[] = [
  ...['Edit', 'Write', 'MultiEdit', 'NotebookEdit'],
  ...['replace', 'write_file', 'edit'],
];

/** Tools that only look. */
export const READ_TOOLS: readonly string[] = [
  ...['Read', 'Grep', 'Glob', 'LS', 'NotebookRead', 'WebFetch', 'WebSearch'],
  ...['read_file', 'read_many_files', 'glob', 'search_file_content', 'grep_search', 'list_directory'],
  ...['google_web_search', 'web_fetch'],
];
