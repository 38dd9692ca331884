import { maskKey } from '../../secrets.ts';
import { ServerError } from '../errors.ts';
import type { Vendor } from '../sync/sync-run.ts';
import { VENDORS } from '../sync/sync-run.ts';
import type { ControlLog } from './control-log.ts';
import { Entities } from './entities.ts';
import type { SecretBox } from './secret-box.ts';

/** What a connection needs beside its key. */
export interface ConnectionSettings {
  /** GitHub: whose pull requests. */
  organizations?: readonly string[] | undefined;
  /** Cursor: the team's plan, by which its seats are priced. */
  tier?: string | undefined;
}

/** As it is kept: sealed secrets, and what may be shown of them. */
interface StoredConnection {
  vendor: Vendor;
  sealedKey: string | null;
  /** `sk-ant-admin01-…x9Qd` */
  keyHint: string | null;
  sealedWebhookSecret: string | null;
  settings: ConnectionSettings;
}

export interface Connection {
  vendor: Vendor;
  /** Where its key is from; null: there is none. */
  keyFrom: 'stored' | 'environment' | null;
  keyHint: string | null;
  hasWebhookSecret: boolean;
  settings: ConnectionSettings;
}

export interface ConnectionChange {
  /** Null: forget it. */
  apiKey?: string | null | undefined;
  webhookSecret?: string | null | undefined;
  settings?: ConnectionSettings | undefined;
}

/** Where keys are looked for in the environment; the first that is set counts. */
export const KEY_VARIABLES: Readonly<Record<Vendor, readonly string[]>> = {
  anthropic: ['ANTHROPIC_ADMIN_API_KEY', 'ANTHROPIC_ADMIN_KEY'],
  openai: ['OPENAI_ORG_API_KEY'],
  cursor: ['CURSOR_ADMIN_API_KEY', 'CURSOR_ADMIN_KEY'],
  github: ['GITHUB_TOKEN'],
};

export interface VendorConnectionsOptions {
  log: ControlLog;
  now: () => number;
  /** Opened when it is first needed. */
  box: () => Promise<SecretBox>;
  env: Readonly<Record<string, string | undefined>>;
  /** Whose the keys of the environment are: the server's first organisation. */
  firstOrganization: () => string | null;
  organizations: () => readonly string[];
}

/** Keys and settings of the vendors that an organisation's usage is read from. */
export class VendorConnections {
  readonly #options: VendorConnectionsOptions;
  readonly #stored: Entities<StoredConnection>;

  constructor(options: VendorConnectionsOptions) {
    this.#options = options;
    this.#stored = new Entities(options.log, 'connection', options.now);
  }

  /** Of every vendor, connected or not. */
  list(org: string): Connection[] {
    return VENDORS.map((vendor) => this.find(org, vendor));
  }

  find(org: string, vendor: Vendor): Connection {
    const stored = this.#stored.find(org, vendor)?.value ?? null;
    const fromEnvironment = this.#environmentKey(org, vendor);
    const isStored = (stored?.sealedKey ?? null) !== null;
    return {
      vendor,
      keyFrom: isStored ? 'stored' : fromEnvironment === null ? null : 'environment',
      keyHint: isStored ? (stored?.keyHint ?? null) : fromEnvironment && maskKey(fromEnvironment),
      hasWebhookSecret: (stored?.sealedWebhookSecret ?? null) !== null,
      settings: this.#settings(org, vendor, stored),
    };
  }

  /** Organisation and vendor of all that have a key. */
  connected(): { org: string; vendor: Vendor }[] {
    return this.#options
      .organizations()
      .flatMap((org) => this.list(org).flatMap(({ vendor, keyFrom }) => (keyFrom === null ? [] : [{ org, vendor }])));
  }

  /** What is left out stays as it is. @throws ServerError `conflict` */
  async put(org: string, vendor: Vendor, change: ConnectionChange, author: string): Promise<Connection> {
    const { apiKey, webhookSecret, settings } = change;
    const sealedKey = await this.#seal(apiKey, purposeOf(org, vendor, 'key'));
    const sealedWebhookSecret = await this.#seal(webhookSecret, purposeOf(org, vendor, 'webhook'));
    const decide = (known: StoredConnection | null): StoredConnection => ({
      vendor,
      sealedKey: sealedKey === undefined ? (known?.sealedKey ?? null) : sealedKey,
      keyHint: apiKey === undefined ? (known?.keyHint ?? null) : apiKey && maskKey(apiKey.trim()),
      sealedWebhookSecret:
        sealedWebhookSecret === undefined ? (known?.sealedWebhookSecret ?? null) : sealedWebhookSecret,
      settings: settings ?? known?.settings ?? {},
    });
    await this.#stored.change({ org, key: vendor, author, decide });
    return this.find(org, vendor);
  }

  /** Null where none is known. @throws Failure for one that cannot be decrypted */
  async keyOf(org: string, vendor: Vendor): Promise<string | null> {
    const sealed = this.#stored.find(org, vendor)?.value.sealedKey ?? null;
    if (sealed === null) return this.#environmentKey(org, vendor);
    return (await this.#options.box()).open(sealed, purposeOf(org, vendor, 'key'));
  }

  async webhookSecretOf(org: string, vendor: Vendor): Promise<string | null> {
    const sealed = this.#stored.find(org, vendor)?.value.sealedWebhookSecret ?? null;
    return sealed === null ? null : (await this.#options.box()).open(sealed, purposeOf(org, vendor, 'webhook'));
  }

  async #seal(secret: string | null | undefined, purpose: string): Promise<string | null | undefined> {
    if (secret === undefined || secret === null) return secret;
    return (await this.#options.box()).seal(secretOf(secret), purpose);
  }

  #environmentKey(org: string, vendor: Vendor): string | null {
    const { env, firstOrganization } = this.#options;
    if (org !== firstOrganization()) return null;
    const name = KEY_VARIABLES[vendor].find((variable) => env[variable]?.trim());
    return name === undefined ? null : (env[name]?.trim() ?? null);
  }

  #settings(org: string, vendor: Vendor, stored: StoredConnection | null): ConnectionSettings {
    const { env, firstOrganization } = this.#options;
    const own = org === firstOrganization() ? env : {};
    if (vendor === 'github') {
      const named = own.GITHUB_ORGANIZATIONS?.split(',').map((name) => name.trim());
      return { organizations: stored?.settings.organizations ?? named?.filter(Boolean) ?? [] };
    }
    if (vendor !== 'cursor') return {};
    const tier = stored?.settings.tier ?? own.CURSOR_SUBSCRIPTION_TIER;
    return tier ? { tier } : {};
  }
}

/** As it is used. @throws ServerError `invalid` for what no header can carry */
export function secretOf(text: string): string {
  const trimmed = text.trim();
  if (!/^[\x21-\x7e]{6,1000}$/.test(trimmed)) throw new ServerError('invalid', 'this is no key or secret');
  return trimmed;
}

const purposeOf = (org: string, vendor: Vendor, what: 'key' | 'webhook'): string => `${org}/${vendor}/${what}`;
