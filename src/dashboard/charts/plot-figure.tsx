import type { PlotOptions } from '@observablehq/plot';
import { plot } from '@observablehq/plot';
import { useEffect, useRef, useState } from 'react';

interface PlotFigureProps<D> {
  /** What the picture shows, for who does not see it. */
  label: string;
  options: (width: number) => PlotOptions;
  /** Drawn anew when this changes. */
  of: unknown;
  /** A click on a mark. */
  pick?: (datum: D) => void;
}

/** A drawing by Observable Plot as wide as its place. The table beside every chart says the same in text. */
export function PlotFigure<D>({ label, options, of, pick }: PlotFigureProps<D>) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const picked = useRef(pick);
  picked.current = pick;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = box.current;
    if (!element || width === 0) return;
    // The class name is part of the style whose hash the server's policy allows.
    const wide = Math.floor(element.clientWidth) || width;
    const drawn = plot({ ...options(wide), width: wide, className: 'chart', ariaLabel: label });
    drawn.setAttribute('role', 'img');
    // Plot names the parts of a drawing for ears; as one picture with one name they are for style sheets only.
    for (const part of drawn.querySelectorAll('[aria-label]')) {
      part.setAttribute('data-part', part.getAttribute('aria-label') ?? '');
      part.removeAttribute('aria-label');
    }
    const click = (): void => {
      const { value } = drawn as { value?: unknown };
      if (value !== null && value !== undefined) picked.current?.(value as D);
    };
    drawn.addEventListener('click', click);
    element.replaceChildren(drawn);
    return () => drawn.removeEventListener('click', click);
    // `options` is made anew with every drawing of the page; `of` says when it means something else.
  }, [width, of, label]);

  return <div ref={box} className={`chart-box ${pick ? 'pickable' : ''}`} />;
}
