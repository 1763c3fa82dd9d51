// The pages for what is not there, what broke and who has no access yet: each says the next step.
import { useEffect } from 'react';
import { Link, useRouteError } from 'react-router';
import { common } from '../words/common.ts';
import { shellWords } from '../words/shell.ts';
import { useWords } from '../words/words.ts';

export function NotFound() {
  const words = useWords(common);
  useEffect(() => {
    document.title = `404 · Deskfleet`;
  }, []);
  return (
    <div className="lost">
      <p className="lost-code" aria-hidden="true">
        404
      </p>
      <h1>{words.notFoundTitle}</h1>
      <p>{words.notFoundNext}</p>
      <p>
        <Link to="/">{words.goHome}</Link>
      </p>
    </div>
  );
}

export function Crashed() {
  const words = useWords(shellWords);
  const shared = useWords(common);
  const error = useRouteError();
  return (
    <div className="lost" role="alert">
      <h1>{words.crashed}</h1>
      <p className="quiet">
        <code>{error instanceof Error ? error.message : String(error)}</code>
      </p>
      <p className="actions">
        <button type="button" className="plain" onClick={() => window.location.reload()}>
          {words.reload}
        </button>
        <Link to="/">{shared.goHome}</Link>
      </p>
    </div>
  );
}

export function NotMember() {
  const words = useWords(shellWords);
  return (
    <main className="alone">
      <h1>Deskfleet</h1>
      <p>{words.notMember}</p>
    </main>
  );
}
