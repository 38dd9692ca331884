/**
 * The allow-list: every attribute that is read from the wire, and why. Whatever is not in this table is dropped while
 * a request is decoded and never becomes a string in memory. Nothing that holds text written by a person or a model
 * belongs here. `docs/data-reference.md` is generated from it.
 */

export type AttributeValue = string | number | boolean;

export interface AttributeRow {
  key: string;
  /** Where it is read. A resource can be set from the environment, so what identifies a session is the record's only. */
  on: 'resource' | 'record' | 'both';
  from: readonly ('claude' | 'gemini' | 'cursor' | 'revenium')[];
  meaning: string;
  why: string;
}

const row = <K extends string>(
  key: K,
  on: AttributeRow['on'],
  from: AttributeRow['from'],
  meaning: string,
  why: string,
): AttributeRow & { key: K } => ({ key, on, from, meaning, why });

export const ATTRIBUTES = [
  // Set up once, on the resource; newer Claude Code versions copy them onto every record.
  row('service.name', 'resource', ['claude', 'gemini'], 'The program that sends', 'Tells Claude Code from Cowork'),
  row('service.version', 'resource', ['claude'], "The program's version", 'Client version'),
  row('enduser.id', 'resource', ['claude'], 'Account id in third-party deployments of Cowork', 'Whom usage belongs to'),
  row('organization.name', 'both', ['claude', 'gemini', 'cursor'], 'Organisation label from setup', 'Grouping'),
  row('product.name', 'both', ['claude', 'gemini', 'cursor'], 'Product label from setup', 'Grouping'),
  row('project', 'both', ['claude', 'gemini', 'cursor'], 'Project label', 'Grouping'),
  row('repository.name', 'both', ['claude', 'gemini', 'cursor'], 'Repository label', 'Grouping'),
  row(
    'user.email',
    'both',
    ['claude', 'gemini', 'cursor'],
    'Resource: the e-mail set up for attribution. Record: the login',
    'Whom usage belongs to',
  ),
  row(
    'CLAUDE_CODE_SUBSCRIPTION_TIER',
    'both',
    ['claude'],
    'Subscription tier from setup',
    'Whether a seat or consumption pays',
  ),
  row(
    'CURSOR_SUBSCRIPTION_TIER',
    'both',
    ['cursor'],
    'Subscription tier from setup',
    'Whether a seat or consumption pays',
  ),
  // Who and where.
  row('session.id', 'record', ['claude', 'gemini'], 'Random id of the session', 'Sessions'),
  row(
    'prompt.id',
    'record',
    ['claude'],
    'Random id of the prompt that caused a record',
    'Exchanges per session, workflows',
  ),
  row(
    'prompt_id',
    'record',
    ['gemini'],
    'Id of the prompt or of a sub-agent and its turn',
    'Exchanges per session, pairing with files',
  ),
  row(
    'user.id',
    'record',
    ['claude'],
    "The installation's own random id",
    'Whom usage belongs to where no login is known',
  ),
  row(
    'installation.id',
    'record',
    ['gemini'],
    "The installation's own random id",
    'Whom usage belongs to where no login is known',
  ),
  row('user.account_id', 'record', ['claude'], "The vendor's account id", 'Whom usage belongs to'),
  row('user.account_uuid', 'record', ['claude'], "The vendor's account id in its older form", 'Whom usage belongs to'),
  row(
    'event.sequence',
    'record',
    ['claude'],
    'Counter of records within one process',
    'Identity of a record that has no other',
  ),
  row('app.version', 'record', ['claude'], 'Client version', 'Client version'),
  // A model call.
  row('model', 'record', ['claude', 'gemini', 'cursor'], 'Name of the model', 'Price, model distribution'),
  row('input_tokens', 'record', ['claude', 'cursor'], 'Uncached input tokens', 'Usage, price'),
  row('output_tokens', 'record', ['claude', 'cursor'], 'Output tokens with reasoning', 'Usage, price'),
  row('cache_read_tokens', 'record', ['claude', 'cursor'], 'Input tokens read from cache', 'Usage, price'),
  row('cache_creation_tokens', 'record', ['claude', 'cursor'], 'Input tokens written to cache', 'Usage, price'),
  row('cache_creation_5m_tokens', 'record', ['claude'], 'Of those, kept for five minutes', 'Price'),
  row('cache_creation_1h_tokens', 'record', ['claude'], 'Of those, kept for an hour', 'Price'),
  row('cost_usd', 'record', ['claude'], "The client's estimate of value, dollars", 'Checking our price'),
  row('cost_usd_micros', 'record', ['claude'], 'The same in micro-dollars', 'Checking our price'),
  row('duration_ms', 'record', ['claude', 'gemini'], 'Duration', 'Reliability, session duration'),
  row('ttft_ms', 'record', ['claude'], 'Time to first token', 'Reliability'),
  row('request_id', 'record', ['claude'], "The vendor's id of the call", 'Identity'),
  row('message_id', 'record', ['revenium'], "The vendor's id of the answer, from a session file", 'Identity'),
  row(
    'transaction_id',
    'record',
    ['revenium'],
    "The sender's id of the record",
    'Identity where a record has no other',
  ),
  row('speed', 'record', ['claude'], 'Fast or standard mode', 'Price'),
  row('query_source', 'record', ['claude'], 'Main conversation, sub-agent or a background task', 'By agent'),
  row('agent.name', 'record', ['claude'], "The sub-agent's type", 'By agent'),
  row('agent_id', 'record', ['claude', 'gemini'], "Random id of a sub-agent's run", 'By agent, identity'),
  row('auth_type', 'record', ['gemini'], 'Kind of login', 'Whether consumption pays'),
  row('role', 'record', ['gemini'], 'Main conversation, sub-agent or a background task', 'By agent'),
  row('input_token_count', 'record', ['gemini'], 'Input tokens, cached ones included', 'Usage, price'),
  row('output_token_count', 'record', ['gemini'], 'Output tokens without reasoning', 'Usage, price'),
  row('cached_content_token_count', 'record', ['gemini'], 'Of the input, read from cache', 'Usage, price'),
  row('thoughts_token_count', 'record', ['gemini'], 'Reasoning tokens', 'Usage, price'),
  row('tool_token_count', 'record', ['gemini'], "Input tokens of the vendor's own tools", 'Usage, price'),
  row('total_token_count', 'record', ['gemini'], "The vendor's sum", 'Pairing with files'),
  // Prompts, tools, errors, agents: sizes and outcomes.
  row('prompt_length', 'record', ['claude', 'gemini'], 'Characters of a prompt', 'Exchanges per session'),
  row(
    'command_source',
    'record',
    ['claude'],
    'Where a slash command comes from: built in, custom, mcp',
    'Tells commands from prompts',
  ),
  row('tool_name', 'record', ['claude'], 'Name of the tool', 'Workflows, edit acceptance'),
  row('function_name', 'record', ['gemini'], 'Name of the tool', 'Workflows, edit acceptance'),
  row('tool_use_id', 'record', ['claude'], "The model's id of a tool call", 'Identity'),
  row('decision', 'record', ['claude', 'gemini'], 'Accepted or rejected', 'Edit acceptance'),
  row('source', 'record', ['claude'], 'Who decided: configuration, a hook, the person', 'Edit acceptance'),
  row('success', 'record', ['claude', 'gemini'], 'Whether a tool or a compaction succeeded', 'Workflows'),
  row('tool_result_size_bytes', 'record', ['claude'], "Size of a tool's result", 'Workflows'),
  row('content_length', 'record', ['gemini'], "Size of a tool's result", 'Workflows'),
  row('status_code', 'record', ['claude', 'gemini'], 'HTTP status of a failed call', 'Reliability'),
  row('error.type', 'record', ['gemini'], 'Class of an error', 'Reliability'),
  row('attempt', 'record', ['claude'], 'Which attempt failed', 'Reliability, identity'),
  row('total_attempts', 'record', ['claude'], 'Attempts before giving up', 'Reliability'),
  row('total_retry_duration_ms', 'record', ['claude'], 'Time spent on them', 'Reliability'),
  row('agent_type', 'record', ['claude'], "A finished sub-agent's type", 'By agent'),
  row('agent_name', 'record', ['gemini'], "A sub-agent's type", 'By agent'),
  row('total_tool_uses', 'record', ['claude'], 'Its tool calls', 'By agent'),
  row('turn_count', 'record', ['gemini'], 'Its turns', 'By agent'),
  row('trigger', 'record', ['claude'], 'Compaction by hand or automatic', 'Session health'),
  row('pre_tokens', 'record', ['claude'], 'Context size before a compaction', 'Session health'),
  row('tokens_before', 'record', ['gemini'], 'Context size before a compaction', 'Session health'),
  // Rows of the Cursor Admin API.
  row('kind', 'record', ['cursor'], "The vendor's kind of charge", 'Identity, who pays'),
  row('service_account_id', 'record', ['cursor'], 'Service account', 'Whom usage belongs to'),
  row('conversation_id', 'record', ['cursor'], 'Random id of a conversation', 'Identity, sessions'),
  row('cloud_agent_id', 'record', ['cursor'], 'Random id of a cloud agent', 'Identity'),
  // What our own senders know and no client has a name for.
  row('revenium.source', 'record', ['revenium'], '`backfill` or `sync`', 'Which source wins in a merge'),
  row('revenium.partial', 'record', ['revenium'], 'Output tokens may be a placeholder', 'Data quality'),
  row('revenium.advisor', 'record', ['revenium'], 'Number of an advisor iteration of a call', 'Identity'),
  row('revenium.reasoning_tokens', 'record', ['revenium'], 'Of the output, reasoning', 'Usage'),
  row('revenium.web_searches', 'record', ['revenium'], 'Web searches of a call', 'Price'),
  row('revenium.service_tier', 'record', ['revenium'], "The vendor's service tier of a call", 'Price'),
  row('revenium.inference_geo', 'record', ['revenium'], 'Region a call was bound to', 'Price'),
  row(
    'revenium.workflow',
    'record',
    ['revenium'],
    'What a prompt’s tools were used for: one of six words, decided on the machine',
    'Workflows',
  ),
  row(
    'revenium.snapshot',
    'record',
    ['revenium'],
    "The vendor's clock when a row was read, ms",
    'A newer reading replaces an older one',
  ),
  row('revenium.bucket', 'record', ['revenium'], 'UTC hour that a row belongs to, ms', 'Closing an hour of rows'),
  row(
    'revenium.count',
    'record',
    ['revenium'],
    'Rows of an hour at that reading',
    'What the vendor no longer has is retracted',
  ),
  row('revenium.occurrence', 'record', ['revenium'], 'Which of several rows alike', 'Identity'),
  row('revenium.reported_micros', 'record', ['revenium'], "The vendor's value of a row, micro-dollars", 'Cost'),
  row(
    'revenium.billed_micros',
    'record',
    ['revenium'],
    'What the vendor charged for a row beyond the seat, micro-dollars',
    'Cost',
  ),
] as const;

export type AttributeKey = (typeof ATTRIBUTES)[number]['key'];

/** What is kept of a record or a resource. */
export type Attributes = Readonly<Partial<Record<AttributeKey, AttributeValue>>>;

/** UTF-16 units kept of a string. */
export const MAX_TEXT = 500;

const LONE_SURROGATE = /\p{Surrogate}/gu;
const CONTROL = /\p{Control}/gu;

/** A string as it is kept: at most MAX_TEXT units, no half character, nothing that could steer a terminal. */
export function cleanText(text: string): string {
  const end = /[\uD800-\uDBFF]/.test(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
  return text.slice(0, end).replace(LONE_SURROGATE, '\uFFFD').replace(CONTROL, ' ');
}
