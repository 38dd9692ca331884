/** What a page shows, panel by panel, with where it says that it has it from. */
export interface ShownPanel {
  /** The address that the panel gives for its figures. */
  api: string;
  headlines: { metric: string; value: string | null }[];
  rows: { key: string; cells: { column: string; value: string | null }[] }[];
}

/** Run in the page; answers ShownPanel[]. */
export const SHOWN_PANELS = `
  [...document.querySelectorAll('section.panel, dl.headlines')].flatMap((panel) => {
    const api = panel.dataset.api ?? panel.querySelector('.panel-foot .links a')?.getAttribute('href');
    if (!api) return [];
    const headlines = [...panel.querySelectorAll('.headline')].map((one) => ({
      metric: one.dataset.metric, value: one.dataset.value ?? null,
    }));
    const rows = [...panel.querySelectorAll('tbody tr[data-key]')].map((row) => ({
      key: row.dataset.key,
      cells: [...row.querySelectorAll('td[data-column]')].flatMap((cell) => {
        const figure = cell.querySelector('[data-value]');
        return figure ? [{ column: cell.dataset.column, value: figure.dataset.value ?? null }] : [];
      }),
    }));
    return [{ api, headlines, rows }];
  })`;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object that stands in a list somewhere in an answer. */
export function rowsIn(answer: unknown): Json[] {
  if (Array.isArray(answer)) return answer.flatMap((one: unknown) => [...(isObject(one) ? [one] : []), ...rowsIn(one)]);
  return isObject(answer) ? Object.values(answer).flatMap(rowsIn) : [];
}

const same = (shown: string | null, said: unknown): boolean =>
  shown === (typeof said === 'number' ? String(said) : null);

/** Figures of a panel that its answer does not have, and how many were compared. */
export function differences({ headlines, rows }: ShownPanel, answer: unknown): { wrong: string[]; compared: number } {
  const whole = isObject(answer) ? answer : {};
  const all = rowsIn(answer);
  const wrong = headlines
    .filter(({ metric, value }) => !same(value, whole[metric]))
    .map(({ metric, value }) => `${metric}: ${value ?? 'nothing'} for ${String(whole[metric])}`);
  const unknown = rows.filter(
    ({ cells }) => cells.length > 0 && !all.some((row) => cells.every(({ column, value }) => same(value, row[column]))),
  );
  wrong.push(...unknown.map(({ key, cells }) => `row ${key}: ${JSON.stringify(cells)}`));
  return { wrong, compared: headlines.length + rows.reduce((sum, { cells }) => sum + cells.length, 0) };
}
