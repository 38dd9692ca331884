import type { Address, Changes } from './address.ts';
import { addDays, dateIn, isDay } from '../format/calendar.ts';

/** What usage can be narrowed to; each is a parameter of the address and of the API. */
export const DIMENSIONS = [
  ['assistant', 'Assistant'],
  ['team', 'Team'],
  ['department', 'Department'],
  ['organization', 'Organisation'],
  ['model', 'Model'],
  ['project', 'Project'],
  ['repository', 'Repository'],
  ['agent', 'Agent'],
  ['user', 'Person'],
] as const;
export type Dimension = (typeof DIMENSIONS)[number][0];

export const PRESETS = [
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
  ['90d', 'Last 90 days'],
  ['6m', 'Last 6 months'],
  ['12m', 'Last 12 months'],
] as const;
export type Preset = (typeof PRESETS)[number][0];

const DEFAULT_PRESET: Preset = '30d';
const PRESET_DAYS: Readonly<Record<Exclude<Preset, '24h'>, number>> = {
  '7d': 7,
  '30d': 30,
  '90d': 90,
  '6m': 182,
  '12m': 365,
};

export interface Filters {
  /** Null: a range of one's own. */
  preset: Preset | null;
  /** First day, inclusive; of a range of one's own. */
  from: string | null;
  /** Last day, inclusive, as people write ranges. */
  to: string | null;
  tz: string;
  view: 'user' | 'organization';
  values: Readonly<Record<Dimension, readonly string[]>>;
}

const isPreset = (text: string | null): text is Preset => PRESETS.some(([preset]) => preset === text);
const isDate = (text: string | null): text is string => text !== null && isDay(text);

export function filtersOf({ params }: Address): Filters {
  const from = params.get('from');
  const range = params.get('range');
  const own = isDate(from);
  const to = params.get('to');
  const all = (name: Dimension): string[] => params.getAll(name).filter((value) => value !== '');
  return {
    preset: own ? null : isPreset(range) ? range : DEFAULT_PRESET,
    from: own ? from : null,
    to: own && isDate(to) ? to : null,
    tz: params.get('tz') ?? 'UTC',
    view: params.get('view') === 'organization' ? 'organization' : 'user',
    values: {
      assistant: all('assistant'),
      team: all('team'),
      department: all('department'),
      organization: all('organization'),
      model: all('model'),
      project: all('project'),
      repository: all('repository'),
      agent: all('agent'),
      user: all('user'),
    },
  };
}

export const withPreset = (preset: Preset): Changes => ({
  range: preset === DEFAULT_PRESET ? null : preset,
  from: null,
  to: null,
});

/** The organisation view knows no person to narrow anything to. */
export const dimensionsOf = ({ view }: Pick<Filters, 'view'>): readonly (readonly [Dimension, string])[] =>
  DIMENSIONS.filter(([name]) => name !== 'user' || view === 'user');

/** Days of a preset, counted from today; null for hours. */
const daysOfPreset = (preset: Preset): number | null => (preset === '24h' ? null : PRESET_DAYS[preset]);

/** About how many days the period has. */
export function periodDays({ preset, from, to }: Filters, nowMs: number): number {
  if (preset !== null) return daysOfPreset(preset) ?? 1;
  const end = to === null ? nowMs : Date.parse(to) + 86_400_000;
  return Math.max(1, Math.round((end - Date.parse(from ?? '')) / 86_400_000));
}

/** The period as the API takes it: calendar days of the zone, open towards now. */
function rangeParams(filters: Filters, nowMs: number): [string, string][] {
  if (filters.preset === null) {
    const until: [string, string][] = filters.to === null ? [] : [['to', addDays(filters.to, 1)]];
    return [['from', filters.from ?? ''], ...until];
  }
  const days = daysOfPreset(filters.preset);
  // On the minute, so that an address asked twice within it is the same.
  if (days === null) return [['from', new Date(Math.floor(nowMs / 60_000) * 60_000 - 86_400_000).toISOString()]];
  return [['from', addDays(dateIn(filters.tz, nowMs), 1 - days)]];
}

/** The filters as parameters of every report. */
export function reportParams(filters: Filters, nowMs: number): URLSearchParams {
  const params = new URLSearchParams(rangeParams(filters, nowMs));
  if (filters.tz !== 'UTC') params.set('tz', filters.tz);
  if (filters.view === 'organization') params.set('view', 'organization');
  for (const [name] of dimensionsOf(filters)) for (const value of filters.values[name]) params.append(name, value);
  return params;
}
