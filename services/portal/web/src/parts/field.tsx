// A labelled form field with its hint and its error, tied together for assistive technology.
import { type ReactNode, useId } from 'react';

interface Described {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}

export function Field({
  label,
  hint,
  error,
  wide,
  children,
}: {
  label: string;
  hint?: string;
  error?: string | undefined;
  wide?: boolean;
  children: (described: Described) => ReactNode;
}) {
  const id = useId();
  const note = error ?? hint;
  const described: Described = {
    id,
    ...(note === undefined ? {} : { 'aria-describedby': `${id}-note` }),
    ...(error === undefined ? {} : { 'aria-invalid': true as const }),
  };
  return (
    <div className={wide ? 'field field-wide' : 'field'}>
      <label htmlFor={id}>{label}</label>
      {children(described)}
      {note === undefined ? null : (
        <p id={`${id}-note`} className={error === undefined ? 'hint' : 'hint hint-error'}>
          {note}
        </p>
      )}
    </div>
  );
}

/** A plain choice of few. The platform's own control: it speaks, it fits a phone. */
export function Choice<V extends string>({
  described,
  value,
  options,
  onChange,
}: {
  described: Described;
  value: V;
  options: readonly (readonly [V, string])[];
  onChange: (value: V) => void;
}) {
  return (
    <select {...described} className="native" value={value} onChange={(event) => onChange(event.target.value as V)}>
      {options.map(([key, label]) => (
        <option key={key} value={key}>
          {label}
        </option>
      ))}
    </select>
  );
}
