import { navigate, samePage, useAddress } from '../address/address.ts';
import type { Filters } from '../address/filters.ts';
import { PRESETS, filtersOf, withPreset } from '../address/filters.ts';
import { useMinute } from '../api/clock.ts';
import { addDays, dateIn, longDay, shortDay } from '../format/calendar.ts';
import { Popup } from './popup.tsx';

/** As people say it: `Last 30 days`. */
export function periodText({ preset, from, to }: Filters): string {
  if (preset !== null) return PRESETS.find(([name]) => name === preset)?.[1] ?? preset;
  if (from === null) return 'Own period';
  if (to === null) return `Since ${longDay(from)}`;
  return from === to ? longDay(from) : `${shortDay(from)} – ${longDay(to)}`;
}

/** Presets, a range of one's own, and whose days they are. */
export function PeriodMenu() {
  const address = useAddress();
  const filters = filtersOf(address);
  const today = dateIn(filters.tz, useMinute());
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const change = (changes: Parameters<typeof samePage>[1]) => navigate(samePage(address, { ...changes, page: null }));
  return (
    <Popup label={<>{periodText(filters)} ▾</>} ariaLabel={`Period: ${periodText(filters)}`}>
      {(close) => (
        <span className="stack">
          <span className="presets" role="group" aria-label="Periods">
            {PRESETS.map(([preset, title]) => (
              <button
                key={preset}
                type="button"
                aria-pressed={filters.preset === preset}
                onClick={() => {
                  change(withPreset(preset));
                  close();
                }}
              >
                {title}
              </button>
            ))}
          </span>
          <form
            className="form"
            onSubmit={(event) => {
              event.preventDefault();
              const form = new FormData(event.currentTarget);
              const [from, to] = [form.get('from'), form.get('to')].map(String).sort();
              if (from && to) change({ from, to, range: null });
              close();
            }}
          >
            <label>
              First day
              <input
                className="field"
                type="date"
                name="from"
                required
                max={today}
                defaultValue={filters.from ?? addDays(today, -29)}
              />
            </label>
            <label>
              Last day
              <input className="field" type="date" name="to" required max={today} defaultValue={filters.to ?? today} />
            </label>
            <button type="submit" className="button primary">
              Show
            </button>
          </form>
          <label>
            Days of{' '}
            <select
              className="select"
              value={filters.tz}
              onChange={(event) => change({ tz: event.target.value === 'UTC' ? null : event.target.value })}
            >
              {[...new Set(['UTC', local, filters.tz])].map((tz) => (
                <option key={tz}>{tz}</option>
              ))}
            </select>
          </label>
        </span>
      )}
    </Popup>
  );
}
