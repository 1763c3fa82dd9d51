// A command beside the thing it is about: a button, or a button that opens the few fields it needs. A refusal stays where it was pressed, and the
// focus goes along: into the fields when they open, back to the button when they close.
import { Button } from 'antd';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Refusal } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { useAct } from './queries.ts';

export function Act({
  contractId,
  label,
  run,
  primary = false,
  children,
}: {
  contractId: string;
  label: string;
  run: () => Promise<unknown>;
  primary?: boolean;
  /** Its fields; none = the button is all. */
  children?: ReactNode;
}) {
  const shared = useWords(common);
  const [open, setOpen] = useState(false);
  const act = useAct(contractId);
  const place = useRef<HTMLElement>(null);
  const here = (element: HTMLElement | null) => {
    place.current = element;
  };
  const shown = useRef(open);
  useEffect(() => {
    if (open === shown.current) return;
    shown.current = open;
    place.current?.querySelector<HTMLElement>(open ? 'input, select, textarea' : 'button')?.focus();
  }, [open]);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    act.mutate(run, { onSuccess: () => setOpen(false) });
  };
  const kind = primary ? { type: 'primary' as const } : {};
  if (children === undefined) {
    return (
      <div className="act">
        <Button {...kind} loading={act.isPending} onClick={() => submit()}>
          {label}
        </Button>
        <Refusal error={act.error} />
      </div>
    );
  }
  if (!open) {
    return (
      <div className="act" ref={here}>
        <Button {...kind} aria-expanded={false} onClick={() => setOpen(true)}>
          {label}
        </Button>
      </div>
    );
  }
  return (
    <form className="form act-open" ref={here} aria-label={label} onSubmit={submit}>
      {children}
      <Refusal error={act.error} />
      <p className="actions">
        <Button type="primary" htmlType="submit" loading={act.isPending}>
          {label}
        </Button>
        <Button
          onClick={() => {
            act.reset();
            setOpen(false);
          }}
        >
          {shared.cancel}
        </Button>
      </p>
    </form>
  );
}
