// What stands around every screen: language, light or dark, antd, the query cache, the session, the router.
import { QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider, type ConfigProviderProps } from 'antd';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { useEffect, useMemo, useState } from 'react';
import { RouterProvider } from 'react-router';
import { client } from './api/client.ts';
import { ModeContext, preferredMode } from './design/mode.ts';
import { antdTheme } from './design/theme.ts';
import { cssVariables, type Mode } from './design/tokens.ts';
import { PreferencesContext } from './preferences.ts';
import { router } from './routes.tsx';
import { type Locale, LocaleContext, languageTag } from './words/words.ts';

// Weeks start on Monday in both languages.
dayjs.locale('en', { ...dayjs.Ls['en'], name: 'en', weekStart: 1 });

function preferredLocale(): Locale {
  const kept = localStorage.getItem('deskfleet.locale');
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language.startsWith('zh') ? 'zh' : 'en';
}

type AntdWords = NonNullable<ConfigProviderProps['locale']>;
/** Never none at all: antd wraps its children only where it has words, so the first ones to arrive would mount the whole app a second time, and what was typed or opened until then would be gone. */
const NO_WORDS_YET: AntdWords = { locale: 'en' };

/** The components' own words, fetched for the language that is read. */
function useAntdWords(locale: Locale): AntdWords {
  const [words, setWords] = useState(NO_WORDS_YET);
  useEffect(() => {
    let wanted = true;
    const load = locale === 'zh' ? import('antd/locale/zh_CN') : import('antd/locale/en_US');
    load.then(
      (loaded) => wanted && setWords(loaded.default),
      () => undefined, // antd's own English serves until the next load
    );
    return () => {
      wanted = false;
    };
  }, [locale]);
  return words;
}

export function App() {
  const [locale, setLocale] = useState<Locale>(preferredLocale);
  const [mode, setMode] = useState<Mode>(preferredMode);
  const preferences = useMemo(
    () => ({
      switchLocale: () => setLocale((current) => (current === 'zh' ? 'en' : 'zh')),
      switchMode: () => setMode((current) => (current === 'light' ? 'dark' : 'light')),
    }),
    [],
  );

  document.documentElement.lang = languageTag[locale];
  useEffect(() => {
    localStorage.setItem('deskfleet.locale', locale);
    dayjs.locale(locale === 'zh' ? 'zh-cn' : 'en');
    // Refusals and descriptions come in the reader's language: ask again.
    void client.invalidateQueries();
  }, [locale]);
  useEffect(() => localStorage.setItem('deskfleet.mode', mode), [mode]);
  const antdWords = useAntdWords(locale);

  return (
    <LocaleContext value={locale}>
      <ModeContext value={mode}>
        <PreferencesContext value={preferences}>
          <style>{cssVariables(mode)}</style>
          <ConfigProvider locale={antdWords} theme={antdTheme(mode)} button={{ autoInsertSpace: false }}>
            <QueryClientProvider client={client}>
              <RouterProvider router={router} />
            </QueryClientProvider>
          </ConfigProvider>
        </PreferencesContext>
      </ModeContext>
    </LocaleContext>
  );
}
