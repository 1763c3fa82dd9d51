// The way in: one button, by OpenID Connect; an invitation is said to be one.
import { Button } from 'antd';
import { useEffect } from 'react';
import { useSearchParams } from 'react-router';
import { usePreferences } from '../../preferences.ts';
import { shellWords } from '../../words/shell.ts';
import { useWords } from '../../words/words.ts';

/** Only a path of our own may be returned to. */
export const safeReturn = (path: string | null): string => (path !== null && /^\/(?![/\\])/.test(path) ? path : '/');

export function Screen() {
  const words = useWords(shellWords);
  const [params] = useSearchParams();
  const { switchLocale } = usePreferences();
  useEffect(() => {
    document.title = `${words.signInTitle}`;
  }, [words]);
  const target = `/auth/login?return=${encodeURIComponent(safeReturn(params.get('return')))}`;
  return (
    <main className="alone">
      <h1>{words.signInTitle}</h1>
      <p className="quiet">{words.signInLead}</p>
      {params.has('error') ? (
        <p className="refusal" role="alert">
          {words.signInFailed}
        </p>
      ) : null}
      <p className="actions">
        <Button type="primary" href={target} size="large">
          {words.signInButton}
        </Button>
        <button type="button" className="plain" onClick={switchLocale}>
          {words.otherLanguage}
        </button>
      </p>
    </main>
  );
}
