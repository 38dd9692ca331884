import type { FastifyBaseLogger } from 'fastify';
import { isSafe } from '../../../endpoint.ts';
import type { ReportContext } from '../../../reports/context.ts';
import { ServerError } from '../../errors.ts';
import type { ControlLog } from '../control-log.ts';
import type { Versioned } from '../entities.ts';
import { Entities } from '../entities.ts';
import type { Goals } from '../goals.ts';
import type { Asking } from '../roster.ts';
import type { Alert, AlertLimits, Rule } from './alert.ts';
import { RULES } from './alert.ts';
import { alertsFrom } from './evaluate.ts';
import { gatherFacts } from './facts.ts';
import type { WebhookOptions } from './webhook.ts';
import { messageOf, sendMessage } from './webhook.ts';

export interface AlertSettings extends AlertLimits {
  /** Address of a webhook; whoever knows it can write there, so nothing ever shows it. */
  secret: string | null;
  rules: readonly Rule[];
}

/** Something that was found, once. */
export interface RaisedAlert extends Alert {
  raisedMs: number;
  /** `none`: there was no webhook to send it to; `waiting`: not yet, or the webhook is away; `failed`: it said no. */
  delivery: 'none' | 'waiting' | 'sent' | 'failed';
  problem: string | null;
  /** Since when somebody is sending it. */
  claimedMs?: number | null;
}

export interface AlertDependencies {
  log: ControlLog;
  goals: Goals;
  contextOf: (org: string) => ReportContext;
  organizations: () => readonly string[];
  webhook: WebhookOptions;
  now: () => number;
  logger: Pick<FastifyBaseLogger, 'error'>;
}

const DEFAULTS: AlertSettings = { secret: null, rules: RULES, newcomerDays: 7, staleSyncHours: 48 };
const KEY = 'settings';
/** What could not be sent for so long is only shown. */
const SEND_FOR_MS = 3 * 86_400_000;
/** Longer than all tries to send one message take: who claimed it is no more. */
const CLAIM_MS = 15 * 60_000;
/** A webhook that takes none of so many in a row takes none of the others now. */
const AWAY = 2;
const AUTHOR = 'server';

/** Looks at each organisation once a day and says what it found, once, on the page and to a webhook. */
export class Alerts {
  readonly #with: AlertDependencies;
  readonly #settings: Entities<AlertSettings>;
  readonly #raised: Entities<RaisedAlert>;

  constructor(dependencies: AlertDependencies) {
    this.#with = dependencies;
    this.#settings = new Entities(dependencies.log, 'alert-settings', dependencies.now);
    this.#raised = new Entities(dependencies.log, 'alert', dependencies.now);
  }

  settings(org: string): Versioned<AlertSettings> {
    return this.#settings.find(org, KEY) ?? { version: 0, value: DEFAULTS };
  }

  /** @throws ServerError `invalid` for an address that is not https, `conflict` */
  put(asking: Asking, change: Partial<AlertSettings>): Promise<Versioned<AlertSettings>> {
    const { secret } = change;
    if (typeof secret === 'string' && !(URL.canParse(secret) && isSafe(new URL(secret))))
      throw new ServerError('invalid', 'webhook: it must be an https address');
    const decide = (known: AlertSettings | null): AlertSettings => ({ ...(known ?? DEFAULTS), ...change });
    return this.#settings.change({ ...asking, basedOn: asking.version, key: KEY, decide });
  }

  /** The latest first. */
  list(org: string): RaisedAlert[] {
    return this.#raised
      .all(org)
      .map(({ value }) => value)
      .sort((a, b) => b.raisedMs - a.raisedMs);
  }

  /** Null, or why the test message was not taken. @throws ServerError `invalid` without a webhook */
  async test(org: string): Promise<string | null> {
    const { secret } = this.settings(org).value;
    if (secret === null) throw new ServerError('invalid', 'webhook: none is set');
    const test = { title: 'This is a test', text: 'Alerts of your coding assistants will arrive here.' };
    // Somebody waits for the answer.
    const refusal = await sendMessage(secret, messageOf(test, org), { ...this.#with.webhook, attempts: 2 });
    return refusal?.problem ?? null;
  }

  /** Looks at one organisation now; how much was new. */
  async evaluate(org: string): Promise<number> {
    const { contextOf, goals } = this.#with;
    const settings = this.settings(org).value;
    const facts = await gatherFacts(org, contextOf(org), goals.of(org).value);
    const found = alertsFrom(facts, settings).filter(({ rule }) => settings.rules.includes(rule));
    let raised = 0;
    for (const alert of found) if (await this.#raise(org, alert, settings)) raised++;
    await this.#deliver(org, ['waiting', 'failed']);
    return raised;
  }

  /** A failure of one organisation keeps the others waiting for nothing. */
  async evaluateAll(): Promise<void> {
    for (const org of this.#with.organizations())
      await this.evaluate(org).catch((err: unknown) => this.#with.logger.error({ err }, 'alerts were not evaluated'));
  }

  /** Sends what a webhook did not take because it was away. */
  async deliverAll(): Promise<void> {
    for (const org of this.#with.organizations())
      await this.#deliver(org, ['waiting']).catch((err: unknown) =>
        this.#with.logger.error({ err }, 'alerts were not sent'),
      );
  }

  async #raise(org: string, alert: Alert, { secret }: AlertSettings): Promise<boolean> {
    const key = keyOf(alert);
    if (this.#raised.find(org, key)) return false;
    const delivery = secret === null ? 'none' : 'waiting';
    const value: RaisedAlert = { ...alert, raisedMs: this.#with.now(), delivery, problem: null };
    try {
      await this.#raised.change({ org, key, author: AUTHOR, basedOn: 0, decide: () => value });
      return true;
    } catch (error) {
      // Another process was first, and sends it.
      if (error instanceof ServerError && error.code === 'conflict') return false;
      throw error;
    }
  }

  async #deliver(org: string, states: readonly RaisedAlert['delivery'][]): Promise<void> {
    const { secret } = this.settings(org).value;
    if (secret === null) return;
    const sinceMs = this.#with.now() - SEND_FOR_MS;
    const unsent = this.list(org).filter(({ delivery, raisedMs }) => states.includes(delivery) && raisedMs >= sinceMs);
    let away = 0;
    for (const alert of unsent.reverse()) {
      const key = keyOf(alert);
      if (!(await this.#claim(org, key, states))) continue;
      const refusal = await sendMessage(secret, messageOf(alert, org), this.#with.webhook);
      const delivery = refusal === null ? 'sent' : refusal.away ? 'waiting' : 'failed';
      const value = { ...alert, delivery, problem: refusal?.problem ?? null, claimedMs: null } as const;
      await this.#raised.change({ org, key, author: AUTHOR, decide: () => value });
      away = refusal?.away === true ? away + 1 : 0;
      if (away === AWAY) return;
    }
  }

  /** Whether it is ours to send: two that look at the same time, here or in another process, send it once. */
  async #claim(org: string, key: string, states: readonly RaisedAlert['delivery'][]): Promise<boolean> {
    const found = this.#raised.find(org, key);
    const nowMs = this.#with.now();
    if (!found || !states.includes(found.value.delivery)) return false;
    if (nowMs - (found.value.claimedMs ?? 0) < CLAIM_MS) return false;
    const decide = (): RaisedAlert => ({ ...found.value, claimedMs: nowMs });
    try {
      await this.#raised.change({ org, key, author: AUTHOR, basedOn: found.version, decide });
      return true;
    } catch (error) {
      if (error instanceof ServerError && error.code === 'conflict') return false;
      throw error;
    }
  }
}

const keyOf = ({ rule, subject }: Alert): string => `${rule} ${subject}`;
