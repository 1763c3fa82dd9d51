// What a check and a talk are recorded with alike: some fields of its own, then any number of things found or agreed, each removable, saved at once.
import { Button } from 'antd';
import { type ComponentProps, type FormEvent, lazy, type ReactNode, Suspense, useState } from 'react';
import { Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';

/** Whoever only reads does not load the calendar. */
const DateInput = lazy(async () => ({ default: (await import('../../parts/date-input.tsx')).DateInput }));

export function DayField({ label, ...input }: ComponentProps<typeof DateInput> & { label: string }) {
  return (
    <Field label={label}>
      {(field) => (
        <Suspense>
          <DateInput {...field} required {...input} />
        </Suspense>
      )}
    </Field>
  );
}

interface Row<R> {
  readonly id: number;
  readonly row: R;
}

/** Rows that are added blank, changed and taken out again. */
export function useRows<R extends object>(blank: R) {
  const [rows, setRows] = useState<readonly Row<R>[]>([]);
  return {
    rows,
    values: rows.map(({ row }) => row),
    add: () => setRows((all) => [...all, { id: (all.at(-1)?.id ?? 0) + 1, row: blank }]),
    change: (id: number, part: Partial<R>) => setRows((all) => all.map((each) => (each.id === id ? { id, row: { ...each.row, ...part } } : each))),
    remove: (id: number) => setRows((all) => all.filter((each) => each.id !== id)),
    clear: () => setRows([]),
  };
}

interface RecordFormProps<R extends object> {
  readonly title: string;
  readonly about?: string;
  readonly of: ReturnType<typeof useRows<R>>;
  readonly legend: (nth: number) => string;
  readonly fields: (row: R, change: (part: Partial<R>) => void) => ReactNode;
  readonly add: string;
  readonly save: string;
  readonly sending: { readonly isPending: boolean; readonly error: unknown; mutate(nothing: undefined): void };
  /** The record's own fields. */
  readonly children: ReactNode;
}

export function RecordForm<R extends object>({ title, about, of, legend, fields, add, save, sending, children }: RecordFormProps<R>) {
  const shared = useWords(common);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    sending.mutate(undefined);
  };
  return (
    <Panel title={title} about={about}>
      <form className="form" onSubmit={submit}>
        <div className="fields">{children}</div>
        {of.rows.map(({ id, row }, index) => (
          <fieldset key={id} className="repeat">
            <legend>{legend(index + 1)}</legend>
            <div className="fields">{fields(row, (part) => of.change(id, part))}</div>
            <div className="actions">
              <Button onClick={() => of.remove(id)}>{shared.remove}</Button>
            </div>
          </fieldset>
        ))}
        <div className="actions">
          <Button onClick={of.add}>{add}</Button>
          <Button type="primary" htmlType="submit" loading={sending.isPending}>
            {save}
          </Button>
        </div>
        <Refusal error={sending.error} />
      </form>
    </Panel>
  );
}
