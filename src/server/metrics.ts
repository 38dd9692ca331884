import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { ByteBudget } from './body.ts';
import type { FairGate } from './fair-gate.ts';

/** What the server counts of itself, in Prometheus' form. */
export interface ServerMetrics {
  registry: Registry;
  requests: Counter<'route' | 'status'>;
  records: Counter<'outcome'>;
  writeSeconds: Histogram;
}

export function createMetrics(budget: ByteBudget, gate: FairGate): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  // Memory, handles, event loop: what shows a leak before it hurts.
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'revenium_body_bytes',
    help: 'Bytes of request bodies held in memory',
    registers,
    collect() {
      this.set(budget.heldBytes);
    },
  });
  new Gauge({
    name: 'revenium_ingest_requests',
    help: 'OTLP requests being taken in, and waiting to be',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'inside' }, gate.inside);
      this.set({ state: 'waiting' }, gate.waiting);
    },
  });
  return {
    registry,
    requests: new Counter({
      name: 'revenium_http_requests_total',
      help: 'HTTP requests answered',
      labelNames: ['route', 'status'],
      registers,
    }),
    records: new Counter({
      name: 'revenium_log_records_total',
      help: 'Log records received, by what became of them: stored, ignored, rejected',
      labelNames: ['outcome'],
      registers,
    }),
    writeSeconds: new Histogram({
      name: 'revenium_write_seconds',
      help: 'Time from a decoded request to durable storage',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
  };
}
