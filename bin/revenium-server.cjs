#!/usr/bin/env node
// libuv sizes its thread pool on first use, and importing a module is one: reports must not keep ingest waiting.
process.env.UV_THREADPOOL_SIZE ??= '16';
// What the server writes is for its owner alone.
process.umask(0o077);
import('../dist/cli/main.js').then(({ main }) => main('revenium-server'));
