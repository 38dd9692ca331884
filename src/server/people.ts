import type { FastifyBaseLogger } from 'fastify';
import type { Store } from '../store/store.ts';
import { StoreUnavailable } from '../store/store.ts';
import { emailOf } from './roster/member.ts';
import { ControlLog } from './services/control-log.ts';
import { DirectoryKeeper } from './services/directory-keeper.ts';
import { Invitations } from './services/invitations.ts';
import { Keys } from './services/keys.ts';
import { Mappings } from './services/mappings.ts';
import { Oidc } from './services/oidc.ts';
import type { OidcSettings } from './services/oidc-settings.ts';
import { Settings } from './services/people-settings.ts';
import { Roster } from './services/roster.ts';
import type { RosterView } from './services/roster-view.ts';
import { rosterViews } from './services/roster-view.ts';
import { Seats } from './services/seats.ts';
import { Sessions } from './services/sessions.ts';
import { SignIn } from './services/sign-in.ts';
import { fingerprint } from './services/signed-token.ts';

/** How people come in, as the operator has set it up. */
export interface SignInSettings {
  /** ADMIN_PASSWORD. */
  adminPassword?: string | undefined;
  /** The address that browsers use, where it is not the one listened on. */
  publicUrl?: URL | null | undefined;
  oidc?: OidcSettings | null | undefined;
  /** Asks the identity provider. */
  fetch?: typeof fetch | undefined;
}

export interface PeopleOptions extends SignInSettings {
  store: Store;
  logger: Pick<FastifyBaseLogger, 'warn'>;
  now: () => number;
}

/** All that the server knows of people, and of how they come in. */
export interface People {
  log: ControlLog;
  keys: Keys;
  roster: Roster;
  seats: Seats;
  mappings: Mappings;
  settings: Settings;
  viewOf: (org: string) => RosterView;
  directory: DirectoryKeeper;
  sessions: Sessions;
  signIn: SignIn;
  invitations: Invitations;
  oidc: Oidc | null;
  hasPassword: boolean;
  publicUrl: URL | null;
  /** Takes in what other processes wrote, and writes what storage could not take before. */
  reload: () => Promise<void>;
}

/** Reads what is administered, and brings the store's directory of people up to it. */
export async function openPeople(options: PeopleOptions): Promise<People> {
  const { store, logger, now, publicUrl = null, oidc: oidcSettings = null } = options;
  // An empty password is none.
  const password = options.adminPassword === '' ? null : (options.adminPassword ?? null);
  const log = new ControlLog(store);
  await log.load();
  const keys = new Keys(log, now);
  const roster = new Roster(log, now);
  const seats = new Seats(log, now);
  const mappings = new Mappings(log, now);
  const settings = new Settings(log, now);
  const viewOf = rosterViews({ log, roster, seats, mappings, settings });
  const directory = new DirectoryKeeper({ store, log, viewOf, logger });
  const invitations = new Invitations(log, keys, now);
  const sessions: Sessions = new Sessions({
    log,
    keys,
    now,
    passwordPrint: () => (password === null ? null : fingerprint(sessions.secret, password)),
    mayStay: (org, email) => oidc?.mayStay(org, email) ?? false,
  });
  const oidc =
    oidcSettings &&
    new Oidc({
      settings: oidcSettings,
      secret: () => sessions.secret,
      now,
      fetch: options.fetch ?? noFetch,
      organization: () => keys.organizations()[0] ?? null,
      member: (org, email) => {
        const { byEmail, personFor } = viewOf(org);
        return byEmail.get(emailOf(personFor(email)) ?? email) ?? null;
      },
    });
  const signIn = new SignIn({ keys, sessions, invitations, password, now });
  const bringUp = async (): Promise<void> => {
    await sessions.prepare();
    await directory.refreshAll();
  };
  // A full disk must not keep a server from answering what is stored.
  await bringUp().catch((err: unknown) => {
    if (!(err instanceof StoreUnavailable)) throw err;
    logger.warn({ err }, 'nobody can sign in with a browser until storage can be written');
  });
  const reload = async (): Promise<void> => {
    if (store.shared) await log.load();
    await bringUp();
  };
  return {
    ...{ log, keys, roster, seats, mappings, settings, viewOf, directory },
    ...{ sessions, signIn, invitations, oidc, hasPassword: password !== null, publicUrl, reload },
  };
}

const noFetch: typeof fetch = () => Promise.reject(new Error('no way to the network was given'));

/** A key that is revoked in one process is dead in every other within five seconds. */
const RELOAD_MS = 2_000;

/** Reloads what is administered until it is told to stop. */
export function keepUp({ reload }: Pick<People, 'reload'>, logger: Pick<FastifyBaseLogger, 'warn'>): () => void {
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    reload()
      .catch((err: unknown) => logger.warn({ err }, 'what other servers changed cannot be read now'))
      .finally(() => (running = false));
  }, RELOAD_MS);
  timer.unref();
  return () => clearInterval(timer);
}
