#!/usr/bin/env node
// Deterministic generator of a realistic Claude Code session corpus.
//   node corpus.mjs --out DIR --size 100M|1G|5G [--seed 42] [--now 2026-11-01T00:00:00Z]
// Writes DIR/projects/<slug>/<session>.jsonl, DIR/projects/<slug>/<session>/subagents/agent-*.jsonl
// and DIR/truth.json (the right totals: one record per API response, final usage).
import { mkdirSync, openSync, writeSync, closeSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const arg = (n, d) => {
  const i = process.argv.indexOf('--' + n);
  return i < 0 ? d : process.argv[i + 1];
};
const parseSize = (s) => {
  const m = /^([\d.]+)([KMG]?)B?$/i.exec(s);
  return Math.round(+m[1] * { '': 1, K: 1e3, M: 1e6, G: 1e9 }[m[2].toUpperCase()]);
};
const OUT = arg('out', 'corpus'),
  TARGET = parseSize(arg('size', '100M')),
  SEED = +arg('seed', '42');
const NOW = Date.parse(arg('now', '2026-11-01T00:00:00Z')),
  DAYS = +arg('days', '120');

let s0 = SEED >>> 0 || 1;
const rnd = () => {
  s0 = (s0 + 0x6d2b79f5) | 0;
  let t = Math.imul(s0 ^ (s0 >>> 15), 1 | s0);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const ri = (a, b) => a + Math.floor(rnd() * (b - a + 1));
const pick = (a) => a[Math.floor(rnd() * a.length)];
const chance = (p) => rnd() < p;
const HEX = '0123456789abcdef',
  B62 = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const str = (n, al) => {
  let r = '';
  for (let i = 0; i < n; i++) r += al[Math.floor(rnd() * al.length)];
  return r;
};
const uuid = () => {
  const h = str(32, HEX);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`;
};
const lognormal = (med, sigma) => {
  const u = 1 - rnd(),
    v = rnd();
  return med * Math.exp(sigma * Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v));
};

// --- a pool of pre-escaped, code-like text; slices are cut at "\n" so escapes never split
const WORDS =
  'const let function return import export async await if else for while class interface type string number boolean Promise Map Set Array Error throw new this null undefined true false request response session token model record batch parse stream buffer offset index result payload header config profile shell telemetry endpoint usage input output cache price total daily report project user team cost server client retry timeout queue worker lock state hash dedupe'.split(
    ' ',
  );
const rawLine = () => {
  const n = ri(2, 14);
  let l = ' '.repeat(ri(0, 4) * 2);
  for (let i = 0; i < n; i++)
    l += pick(WORDS) + pick([' ', ' ', ' ', '.', '(', ') ', ' = ', ', ', ': ', ' => ', '["x"] ']);
  if (chance(0.12)) l += ` "${pick(WORDS)}/${pick(WORDS)}.ts"`;
  if (chance(0.02)) l += ' — “größe” ✓ 日本語';
  if (chance(0.004)) l += ` {"usage":{"input_tokens":${ri(1, 9)},"output_tokens":7}}`; // decoy: escaped below
  return l + pick([';', '', ' {', '}', ',']);
};
let poolRaw = [];
for (let i = 0; i < 60000; i++) poolRaw.push(`${String((i % 900) + 1).padStart(5)}→` + rawLine());
const POOL = poolRaw.map((l) => JSON.stringify(l + '\n').slice(1, -1));
poolRaw = null;
const text = (bytes) => {
  let i = Math.floor(rnd() * POOL.length),
    r = '';
  while (r.length < bytes) {
    r += POOL[i];
    i = (i + 1) % POOL.length;
  }
  return r;
};
const B64 = str(1 << 16, B62 + '+/');
const b64 = (n) => {
  let r = '';
  while (r.length < n) r += B64.slice(ri(0, 1000));
  return r.slice(0, n);
};

const MODELS = [
  ['claude-opus-4-7', 4],
  ['claude-sonnet-4-6', 5],
  ['claude-haiku-4-5-20251001', 2],
  ['claude-sonnet-4-5-20250929', 2],
  ['claude-opus-4-5-20251101', 1],
];
const MODEL = (() => {
  const a = [];
  for (const [m, w] of MODELS) for (let i = 0; i < w; i++) a.push(m);
  return a;
})();
const VERS = ['2.0.76', '2.1.9', '2.1.77', '2.1.158', '2.1.234'];

// --- truth
const T = {
  files: 0,
  bytes: 0,
  lines: 0,
  usageLines: 0,
  records: 0,
  input: 0,
  output: 0,
  cacheCreate: 0,
  cacheCreate1h: 0,
  cacheRead: 0,
  malformed: 0,
  synthetic: 0,
  byModel: {},
  byDay: {},
};
const count = (u, model, ts) => {
  T.records++;
  T.input += u.i;
  T.output += u.o;
  T.cacheCreate += u.c5 + u.c1;
  T.cacheCreate1h += u.c1;
  T.cacheRead += u.r;
  for (const [g, k] of [
    [T.byModel, model],
    [T.byDay, ts.slice(0, 10)],
  ]) {
    const m = (g[k] ??= { records: 0, input: 0, output: 0, cacheCreate: 0, cacheRead: 0 });
    m.records++;
    m.input += u.i;
    m.output += u.o;
    m.cacheCreate += u.c5 + u.c1;
    m.cacheRead += u.r;
  }
};

class File {
  constructor(path) {
    this.fd = openSync(path, 'w');
    this.buf = [];
    this.n = 0;
    T.files++;
  }
  line(s) {
    this.buf.push(s, '\n');
    this.n += s.length;
    T.lines++;
    if (this.n > 1 << 20) this.flush();
  }
  raw(s) {
    this.buf.push(s);
    this.n += s.length;
  }
  flush() {
    if (this.buf.length) {
      const b = Buffer.from(this.buf.join(''));
      T.bytes += b.length;
      let o = 0;
      while (o < b.length) o += writeSync(this.fd, b, o);
      this.buf = [];
      this.n = 0;
    }
  }
  close() {
    this.flush();
    closeSync(this.fd);
  }
}

const usageJson = (u, out, fast) =>
  `{"input_tokens":${u.i},"cache_creation_input_tokens":${u.c5 + u.c1},"cache_read_input_tokens":${u.r},"cache_creation":{"ephemeral_5m_input_tokens":${u.c5},"ephemeral_1h_input_tokens":${u.c1}},"output_tokens":${out},"server_tool_use":{"web_search_requests":0,"web_fetch_requests":0},"service_tier":"standard"${fast ? ',"speed":"fast"' : ''}}`;

function session(dir, sid, cwd, start, budget, opt) {
  // opt.side: subagent file; opt.history: lines to copy first (a resumed session); returns lines for later resumes
  const f = new File(join(dir, opt.name ?? sid + '.jsonl'));
  const ver = pick(VERS),
    branch = pick(['main', 'dev', 'feat/backfill', 'fix/lock']);
  let t = start,
    parent = null,
    written = 0;
  const keep = [];
  const iso = () => new Date(t).toISOString();
  const head = (id) =>
    `{"parentUuid":${parent ? `"${parent}"` : 'null'},"isSidechain":${!!opt.side},"userType":"external","cwd":"${cwd}","sessionId":"${sid}","version":"${ver}","gitBranch":"${branch}",${opt.side ? `"agentId":"${opt.agent}",` : ''}`;
  const emit = (s) => {
    f.line(s);
    written += s.length;
    if (keep.length < 400) keep.push(s);
  };
  if (opt.history)
    for (const h of opt.history.lines)
      (f.line(h.replaceAll(opt.history.sid, sid)), (T.usageLines += h.includes('"usage":{') ? 1 : 0));
  emit(
    `{"type":"file-history-snapshot","messageId":"${uuid()}","snapshot":{"messageId":"${uuid()}","trackedFileBackups":{},"timestamp":"${iso()}"},"isSnapshotUpdate":false}`,
  );
  let ctx = ri(8000, 30000),
    model = pick(MODEL);
  while (written < budget) {
    let id = uuid();
    emit(
      head() +
        `"type":"user","message":{"role":"user","content":"${text(ri(60, 900))}"},"uuid":"${id}","timestamp":"${iso()}"}`,
    );
    parent = id;
    if (chance(0.02)) model = pick(MODEL);
    const turns = ri(2, 22);
    for (let k = 0; k < turns && written < budget; k++) {
      t += ri(1500, 25000);
      if (chance(0.006)) {
        // API error placeholder
        id = uuid();
        T.synthetic++;
        emit(
          head() +
            `"type":"assistant","uuid":"${id}","timestamp":"${iso()}","message":{"id":"${uuid()}","model":"<synthetic>","role":"assistant","stop_reason":"stop_sequence","stop_sequence":"","type":"message","usage":{"input_tokens":0,"output_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"server_tool_use":{"web_search_requests":0,"web_fetch_requests":0},"service_tier":null},"content":[{"type":"text","text":"API Error: 529 overloaded_error"}]},"isApiErrorMessage":true}`,
        );
        T.usageLines++;
        parent = id;
        continue;
      }
      const mid = 'msg_01' + str(22, B62),
        rid = opt.noReq ? null : 'req_011' + str(21, B62),
        tool = 'toolu_01' + str(22, B62);
      const grow = ri(200, 4000),
        one = chance(0.35);
      const u = {
        i: ri(1, 12),
        o: Math.max(4, Math.round(lognormal(280, 1.1))),
        c5: one ? 0 : grow,
        c1: one ? grow : 0,
        r: ctx,
      };
      ctx += grow;
      if (ctx > 170000) ctx = ri(15000, 40000);
      const fast = model.includes('opus') && chance(0.02);
      const blocks = [];
      if (chance(0.35))
        blocks.push(`{"type":"thinking","thinking":"${text(ri(200, 1500))}","signature":"${b64(ri(300, 900))}"}`);
      if (chance(0.3) || (!blocks.length && k === turns - 1))
        blocks.push(`{"type":"text","text":"${text(ri(80, 1200))}"}`);
      const nTool = k === turns - 1 ? 0 : chance(0.12) ? 2 : 1;
      for (let q = 0; q < nTool; q++)
        blocks.push(
          `{"type":"tool_use","id":"${tool}${q}","name":"${pick(['Read', 'Bash', 'Edit', 'Grep', 'Write'])}","input":{"file_path":"${cwd}/src/${pick(WORDS)}.ts","command":"${text(ri(20, chance(0.15) ? 3000 : 260))}"}}`,
        );
      if (!blocks.length) blocks.push(`{"type":"text","text":"${text(200)}"}`);
      const grows = chance(0.7);
      let lastTs = '';
      for (let b = 0; b < blocks.length; b++) {
        t += ri(120, 2500);
        id = uuid();
        const last = b === blocks.length - 1;
        lastTs = iso();
        const out = last || !grows ? u.o : Math.min(u.o, ri(1, 9) + b);
        emit(
          head() +
            `"message":{"model":"${model}","id":"${mid}","type":"message","role":"assistant","content":[${blocks[b]}],"stop_reason":${last ? (nTool ? '"tool_use"' : '"end_turn"') : 'null'},"stop_sequence":null,"usage":${usageJson(u, out, fast)}},${rid ? `"requestId":"${rid}",` : ''}"type":"assistant","uuid":"${id}","timestamp":"${lastTs}"}`,
        );
        T.usageLines++;
        parent = id;
      }
      count(u, model, lastTs);
      for (let q = 0; q < nTool; q++) {
        t += ri(30, 9000);
        id = uuid();
        const body = text(Math.min(60000, Math.max(120, lognormal(3200, 1.25))));
        if (chance(0.004)) {
          const img = b64(ri(80000, 900000));
          emit(
            head() +
              `"type":"user","message":{"role":"user","content":[{"tool_use_id":"${tool}${q}","type":"tool_result","content":[{"type":"image","source":{"type":"base64","data":"${img}","media_type":"image/png"}}]}]},"uuid":"${id}","timestamp":"${iso()}","toolUseResult":{"type":"image","file":{"base64":"${img}"}}}`,
          );
        } else
          emit(
            head() +
              `"type":"user","message":{"role":"user","content":[{"tool_use_id":"${tool}${q}","type":"tool_result","content":"${body}"}]},"uuid":"${id}","timestamp":"${iso()}","toolUseResult":{"stdout":"${body}","stderr":"","interrupted":false,"isImage":false}}`,
          );
        parent = id;
        for (let h = ri(0, 3); h > 0; h--) {
          t += 20;
          emit(
            head() +
              `"type":"progress","data":{"type":"hook_progress","hookEvent":"PostToolUse","hookName":"PostToolUse:Read","command":"callback"},"parentToolUseID":"${tool}${q}","toolUseID":"${tool}${q}","timestamp":"${iso()}","uuid":"${uuid()}"}`,
          );
        }
        if (chance(0.18))
          for (let h = ri(1, 8); h > 0; h--) {
            t += 1000;
            emit(
              head() +
                `"type":"progress","data":{"type":"bash_progress","output":"${text(ri(60, 1500))}","fullOutput":"","elapsedTimeSeconds":${h},"totalLines":${h * 7}},"toolUseID":"bash-progress-${h}","parentToolUseID":"${tool}${q}","uuid":"${uuid()}","timestamp":"${iso()}"}`,
            );
          }
        if (chance(0.5))
          emit(
            head() +
              `"type":"attachment","attachment":{"type":"${pick(['todo_reminder', 'edited_text_file', 'nested_memory', 'diagnostics'])}","snippet":"${text(ri(100, 4000))}"},"uuid":"${uuid()}","timestamp":"${iso()}"}`,
          );
      }
      if (chance(0.3))
        emit(
          `{"type":"queue-operation","operation":"${pick(['enqueue', 'dequeue'])}","timestamp":"${iso()}","sessionId":"${sid}"}`,
        );
      if (!opt.side && chance(0.012)) {
        // a subagent in its own file
        const agent = str(7, HEX),
          sub = join(dir, sid, 'subagents');
        mkdirSync(sub, { recursive: true });
        const sl = session(sub, sid, cwd, t, Math.min(400000, lognormal(120000, 0.8)), {
          side: true,
          agent,
          name: `agent-${agent}.jsonl`,
        });
        // older versions also echo the subagent's messages into the parent file as agent_progress
        if (chance(0.5))
          for (const l of sl) {
            const m =
              /"message":(\{"model":.*?\}),("requestId":"[^"]*",)?"type":"assistant","uuid":"([^"]*)","timestamp":"([^"]*)"/.exec(
                l,
              );
            if (m && !l.includes('<synthetic>')) {
              emit(
                head() +
                  `"type":"progress","data":{"message":{"type":"assistant","timestamp":"${m[4]}","message":${m[1]},${m[2] ?? ''}"uuid":"${m[3]}"},"normalizedMessages":[],"type":"agent_progress","prompt":"","agentId":"${agent}"},"toolUseID":"agent_${mid}","parentToolUseID":"${tool}0","uuid":"${uuid()}","timestamp":"${m[4]}"}`,
              );
              T.usageLines++;
            }
          }
      }
    }
    emit(
      head() +
        `"type":"system","subtype":"turn_duration","durationMs":${ri(2000, 300000)},"timestamp":"${iso()}","uuid":"${uuid()}","isMeta":false}`,
    );
    t += ri(10000, chance(0.05) ? 40000000 : 600000);
  }
  if (chance(0.03)) {
    f.raw('{"parentUuid":null,"isSidechain":false,"type":"assistant","message":{"usage":{"input_tokens":3,"outp');
    T.malformed++;
    T.lines++;
  }
  f.close();
  return keep;
}

const nProj = Math.max(6, Math.min(60, Math.round(Math.sqrt(TARGET / 1e6) * 1.4)));
const projects = Array.from({ length: nProj }, (_, i) => {
  const cwd = `/home/dev/${pick(['work', 'src', 'code'])}/${pick(WORDS).toLowerCase()}-${i}`;
  return { cwd, dir: join(OUT, 'projects', cwd.replaceAll('/', '-')), last: null };
});
for (const p of projects) mkdirSync(p.dir, { recursive: true });
while (T.bytes < TARGET) {
  const p = projects[Math.min(nProj - 1, Math.floor(nProj * rnd() ** 1.8))];
  const sid = uuid(),
    start = NOW - rnd() * DAYS * 864e5;
  const budget = Math.min(40e6, Math.max(2000, lognormal(700000, 1.4)));
  const opt = {};
  if (p.last && chance(0.15)) {
    opt.history = p.last;
  } // resumed/forked: history copied under the new session id
  if (chance(0.03)) opt.noReq = true; // third-party gateway: no requestId
  const lines = session(p.dir, sid, p.cwd, start, Math.min(budget, Math.max(20000, TARGET - T.bytes)), opt);
  p.last = { sid, lines };
}
writeFileSync(join(OUT, 'truth.json'), JSON.stringify({ seed: SEED, target: TARGET, ...T }, null, 1));
console.log(
  JSON.stringify({
    files: T.files,
    bytes: T.bytes,
    lines: T.lines,
    usageLines: T.usageLines,
    records: T.records,
    input: T.input,
    output: T.output,
    cacheCreate: T.cacheCreate,
    cacheRead: T.cacheRead,
    malformed: T.malformed,
    synthetic: T.synthetic,
  }),
);
