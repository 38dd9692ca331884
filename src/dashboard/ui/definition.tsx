import { useDefinition } from '../api/definitions.ts';
import { Popup } from './popup.tsx';

/** The full meaning of a figure, on demand. Nothing where the API has none. */
export function Definition({ metric, title, text }: { metric?: string; title: string; text?: string }) {
  const found = useDefinition(metric ?? '');
  const shown = text ?? found;
  if (shown === null || shown === undefined) return null;
  return (
    <Popup label={null} ariaLabel={`What “${title}” means`} buttonClass="define" popupClass="definition" role="note">
      {() => shown}
    </Popup>
  );
}
