import { ServerError } from '../errors.ts';
import type { Member, MemberChange } from '../roster/member.ts';
import { aliasActor, changeMember, personOf } from '../roster/member.ts';
import { closesCircle } from '../roster/merges.ts';
import type { ControlLog } from './control-log.ts';
import type { Step, Versioned } from './entities.ts';
import { Entities } from './entities.ts';

export interface Team {
  name: string;
  /** Of its members of whom no other is said. */
  department: string | null;
  /** E-mails of those who may see its members' usage. */
  managers: readonly string[];
}

/** That two people are one; `into` null: that was undone. */
export interface Merge {
  person: string;
  into: string | null;
}

/** Who asks for a change, in which organisation. */
export interface Asking {
  org: string;
  author: string;
  /** The version that the caller has seen. */
  version?: number | undefined;
}

/** Members, teams and merges. */
export class Roster {
  readonly #now: () => number;
  readonly members: Entities<Member>;
  readonly teams: Entities<Team>;
  readonly merges: Entities<Merge>;

  constructor(log: ControlLog, now: () => number) {
    this.#now = now;
    this.members = new Entities(log, 'member', now);
    this.teams = new Entities(log, 'team', now);
    this.merges = new Entities(log, 'merge', now);
  }

  member(org: string, email: string): Versioned<Member> {
    const found = this.members.find(org, email.toLowerCase());
    if (!found) throw new ServerError('notFound', `nobody of the roster has the e-mail ${email}`);
    return found;
  }

  /** @throws ServerError `invalid` for an alias that is somebody else's, `conflict` */
  async putMember(asking: Asking, email: string, change: MemberChange): Promise<Versioned<Member>> {
    const [step] = this.memberSteps(asking.org, [{ email: email.trim().toLowerCase(), change }]);
    if (!step) throw new Error('a change makes a step');
    return this.members.change({ ...asking, basedOn: asking.version, ...step });
  }

  /** Changes of members, in order: each sees the aliases that those before it took. */
  memberSteps(org: string, rows: readonly { email: string; change: MemberChange }[]): Step<Member>[] {
    const taken = this.takenAliases(org);
    return rows.map(({ email, change }) => ({
      key: email,
      decide: (known) => {
        const after = changeMember(known, email, change, this.#now());
        const clash = aliasClash(after, taken);
        if (clash !== null) throw new ServerError('invalid', clash);
        for (const actor of actorsOf(after)) taken.set(actor, email);
        return after;
      },
    }));
  }

  putTeam(asking: Asking, name: string, change: Partial<Omit<Team, 'name'>>): Promise<Versioned<Team>> {
    const decide = (known: Team | null): Team => {
      const department = change.department === undefined ? (known?.department ?? null) : change.department;
      const managers = change.managers?.map((email) => email.trim().toLowerCase()) ?? known?.managers ?? [];
      const after: Team = { name, department, managers: [...new Set(managers)].sort() };
      return known && JSON.stringify(after) === JSON.stringify(known) ? known : after;
    };
    return this.teams.change({ ...asking, basedOn: asking.version, key: name, decide });
  }

  /** From now on, and for all of the past, `person` is `into`. @throws ServerError `invalid` for a circle */
  async merge(asking: Asking, person: string, into: string): Promise<void> {
    const merges = this.mergesOf(asking.org);
    if (closesCircle(merges, person, into))
      throw new ServerError('invalid', `${into} is, by way of merges, ${person} already`);
    const decide = (known: Merge | null): Merge => (known?.into === into ? known : { person, into });
    await this.merges.change({ ...asking, basedOn: asking.version, key: person, decide });
  }

  async unmerge(asking: Asking, person: string): Promise<void> {
    if (!this.mergesOf(asking.org).has(person))
      throw new ServerError('notFound', `${person} is not merged into anybody`);
    const decide = (known: Merge | null): Merge => (known?.into === null ? known : { person, into: null });
    await this.merges.change({ ...asking, basedOn: asking.version, key: person, decide });
  }

  mergesOf(org: string): Map<string, string> {
    return new Map(
      this.merges
        .all(org)
        .flatMap(({ value: { person, into } }): [string, string][] => (into === null ? [] : [[person, into]])),
    );
  }

  /** Which actors the roster gives to whom (by e-mail). */
  takenAliases(org: string): Map<string, string> {
    const members = this.members.all(org).map(({ value }) => value);
    const taken = new Map<string, string>();
    for (const { email, aliases } of members)
      for (const alias of aliases) if (!taken.has(aliasActor(alias))) taken.set(aliasActor(alias), email);
    // Whose own e-mail it is comes before whose alias it is.
    for (const { email } of members) taken.set(personOf(email), email);
    return taken;
  }
}

const actorsOf = ({ email, aliases }: Member): string[] => [personOf(email), ...aliases.map(aliasActor)];

function aliasClash(member: Member, taken: ReadonlyMap<string, string>): string | null {
  for (const actor of actorsOf(member)) {
    const owner = taken.get(actor);
    if (owner !== undefined && owner !== member.email)
      return actor === personOf(member.email)
        ? `${member.email} is an alias of ${owner}: take it off there first`
        : `the alias ${actor.replace(/^email:/, '')} is ${owner}'s`;
  }
  return null;
}
