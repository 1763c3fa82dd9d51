// A status: shape, word and colour together, so that none of them carries it alone.
import type { ReactNode } from 'react';
import { type Status, shapes } from '../design/tokens.ts';

export function StatusMark({ status, children }: { status: Status; children?: ReactNode }) {
  return (
    <span className={`status status-${status}`}>
      <span aria-hidden="true" className="shape">
        {shapes[status]}
      </span>
      {children}
    </span>
  );
}
