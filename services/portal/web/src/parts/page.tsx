// The frame of a screen: one h1, its title in the tab, panels that load, fail and stay empty each on their own.
import type { UseQueryResult } from '@tanstack/react-query';
import { Skeleton } from 'antd';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { common } from '../words/common.ts';
import { useWords } from '../words/words.ts';
import { ProblemPanel } from './problem.tsx';

export function Page({ title, about, actions, children }: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Deskfleet`;
  }, [title]);
  return (
    <>
      <header className="page-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {about === undefined ? null : <p className="page-about">{about}</p>}
        </div>
        {actions === undefined ? null : <div className="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

export function Panel({ title, about, actions, children, id }: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode; id?: string }) {
  const made = useId();
  return (
    <section aria-labelledby={id ?? made} className="panel">
      <header className="panel-head">
        <div>
          <h2 id={id ?? made}>{title}</h2>
          {about === undefined ? null : <p className="panel-about">{about}</p>}
        </div>
        {actions === undefined ? null : <div className="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** What a query answers: a skeleton at first, past 2 s with what is computed, the problem in place with a retry, then the data. `page`: it is the whole screen, so it brings the h1. */
export function Loaded<T>({
  query,
  what,
  rows = 4,
  page = false,
  children,
}: {
  query: UseQueryResult<T>;
  what: string;
  rows?: number;
  page?: boolean;
  children: (data: T) => ReactNode;
}) {
  const words = useWords(common);
  const [slow, setSlow] = useState(false);
  const waiting = query.isPending;
  useEffect(() => {
    setSlow(false);
    if (!waiting) return;
    const timer = setTimeout(() => setSlow(true), 2000);
    return () => clearTimeout(timer);
  }, [waiting]);
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <ProblemPanel error={query.error} retry={() => void query.refetch()} page={page} />;
  return (
    <div aria-busy="true">
      {page ? <h1 className="sr-only">{what}</h1> : null}
      <Skeleton active={false} title={false} paragraph={{ rows }} />
      <p className="quiet" role="status">
        {slow ? words.loadingLong(what) : words.loading}
      </p>
    </div>
  );
}

/** An empty list says which kind of empty it is. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}

/** Facts as term and value. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
