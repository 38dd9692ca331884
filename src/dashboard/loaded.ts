import type { ComponentType } from 'react';
import { useEffect, useState } from 'react';

/** A component that comes in a file of its own. */
export type ComponentFile<Props = object> = () => Promise<{ default: ComponentType<Props> }>;

const known = new Map<unknown, unknown>();

async function fetched<Props>(file: ComponentFile<Props>): Promise<ComponentType<Props>> {
  const { default: component } = await file();
  known.set(file, component);
  return component;
}

/** Asked for before it is needed; what goes wrong shows where it is. */
export function preload<Props>(file: ComponentFile<Props> | null): void {
  if (file) fetched(file).catch(() => null);
}

export interface Loaded<Props> {
  component: ComponentType<Props> | null;
  error: Error | null;
}

/**
 * What a file holds, null until it is here. React's own way suspends, and shows what came within 300 ms of a
 * placeholder only after these; every page would open that much later.
 */
export function useLoaded<Props>(file: ComponentFile<Props>): Loaded<Props> {
  const [failed, setFailed] = useState<Error | null>(null);
  const [, redraw] = useState(0);
  // Only `fetched` writes here, a component under the file that holds it.
  const component = (known.get(file) ?? null) as ComponentType<Props> | null;
  useEffect(() => {
    if (component !== null) return;
    let wanted = true;
    fetched(file).then(
      () => wanted && redraw((times) => times + 1),
      (error: unknown) => wanted && setFailed(error instanceof Error ? error : new Error(String(error))),
    );
    return () => {
      wanted = false;
    };
  }, [file, component]);
  return { component, error: failed };
}
