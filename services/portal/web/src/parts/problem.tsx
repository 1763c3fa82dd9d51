// What went wrong, in words, where it went wrong: what is not so, the fact, the next step, and the trace id for whoever looks into it.
import { Link } from 'react-router';
import { ProblemError } from '../api/http.ts';
import { common } from '../words/common.ts';
import { useWords } from '../words/words.ts';

/** The sentence a problem says; the portal answers in the reader's language. */
export function problemText(error: unknown, fallback: string): string {
  if (!(error instanceof ProblemError)) return fallback;
  const { title, detail } = error.problem;
  return [title, detail].filter((part) => part !== undefined && part !== '').join(' ') || fallback;
}

export function ProblemPanel({ error, retry, page = false }: { error: unknown; retry?: () => void; page?: boolean }) {
  const words = useWords(common);
  const problem = error instanceof ProblemError ? error : undefined;
  const missing = problem?.status === 404;
  const signedOut = problem?.status === 401;
  const title = missing
    ? words.notFoundTitle
    : signedOut
      ? words.signedOutTitle
      : problem?.retryAfterSeconds !== undefined
        ? words.tooMany(String(problem.retryAfterSeconds))
        : problemText(error, words.faultTitle);
  return (
    <div className="problem" role="alert">
      {page ? <h1>{title}</h1> : <p className="problem-title">{title}</p>}
      <p>{missing ? words.notFoundNext : words.faultNext}</p>
      {problem?.problem.traceId === undefined ? null : (
        <p className="quiet">
          {words.trace} <code>{problem.problem.traceId}</code>
        </p>
      )}
      <p>
        {signedOut ? (
          <a href={`/auth/login?return=${encodeURIComponent(location.pathname + location.search)}`}>{words.signIn}</a>
        ) : missing || retry === undefined ? (
          <Link to="/">{words.goHome}</Link>
        ) : (
          <button type="button" className="plain plain-framed" onClick={retry}>
            {words.retry}
          </button>
        )}
      </p>
    </div>
  );
}

/** The refusal of a command, beside the button that was pressed. It stays until the next try. */
export function Refusal({ error }: { error: unknown }) {
  const words = useWords(common);
  if (error === null || error === undefined) return null;
  return (
    <p className="refusal" role="alert">
      <span aria-hidden="true">■ </span>
      {problemText(error, words.faultTitle)}
    </p>
  );
}
