import type { PersonDetails, Roster as ReportRoster } from '../../reports/context.ts';
import type { People } from '../roster/directory.ts';
import { seatsOf } from '../roster/holding.ts';
import type { SeatPrices } from '../roster/holding.ts';
import type { Member } from '../roster/member.ts';
import { personOf, presentTerm } from '../roster/member.ts';
import { rootOf } from '../roster/merges.ts';
import type { ControlLog } from './control-log.ts';
import type { Mappings } from './mappings.ts';
import type { PeopleSettings, Settings } from './people-settings.ts';
import type { Roster, Team } from './roster.ts';
import type { Seats } from './seats.ts';

/** All that is known of an organisation's people, read once and kept until somebody changes something. */
export interface RosterView extends People {
  byEmail: ReadonlyMap<string, Member>;
  teams: readonly Team[];
  settings: PeopleSettings;
  seatPrices: SeatPrices;
  /** The person that an e-mail stands for: by alias and merges; itself where nothing says more. */
  personFor: (email: string) => string;
  forReports: (nowMs: number) => ReportRoster;
}

export interface RosterSources {
  log: ControlLog;
  roster: Roster;
  seats: Seats;
  mappings: Mappings;
  settings: Settings;
}

const minuteOf = (ms: number): number => Math.floor(ms / 60_000);

export function rosterViews(sources: RosterSources): (org: string) => RosterView {
  const kept = new Map<string, { revision: number; view: RosterView }>();
  return (org) => {
    const revision = sources.log.records(org).length;
    const known = kept.get(org);
    if (known?.revision === revision) return known.view;
    const view = viewOf(org, sources);
    kept.set(org, { revision, view });
    return view;
  };
}

function viewOf(org: string, { roster, seats, mappings, settings }: RosterSources): RosterView {
  const members = roster.members.all(org).map(({ value }) => value);
  const teams = roster.teams.all(org).map(({ value }) => value);
  const merges = roster.mergesOf(org);
  const owners = roster.takenAliases(org);
  const byEmail = new Map(members.map((member) => [member.email, member]));
  const departments = new Map(teams.map(({ name, department }) => [name, department]));
  const personFor = (email: string): string => {
    const owner = owners.get(personOf(email)) ?? email;
    return rootOf(merges, personOf(owner));
  };
  const held = seatsOf(
    seats.holdings.all(org).map(({ value }) => value),
    personFor,
  );
  const detailsOf = (member: Member, nowMs: number): PersonDetails => {
    const { team = null, department = null } = presentTerm(member, nowMs) ?? {};
    return {
      name: member.name,
      team,
      department: department ?? (team === null ? null : (departments.get(team) ?? null)),
    };
  };
  // Teams change with time too, but not by the request.
  let asOf: { minute: number; roster: ReportRoster } | null = null;
  return {
    members,
    byEmail,
    teams,
    merges,
    departments,
    mappings: mappings.mappings.all(org).map(({ value }) => value),
    settings: settings.of(org).value,
    seatPrices: seats.pricesOf(org),
    personFor,
    forReports: (nowMs) => {
      if (asOf?.minute !== minuteOf(nowMs)) {
        const people = new Map(members.map((member) => [personOf(member.email), detailsOf(member, nowMs)]));
        asOf = { minute: minuteOf(nowMs), roster: { people, seats: held } };
      }
      return asOf.roster;
    },
  };
}
