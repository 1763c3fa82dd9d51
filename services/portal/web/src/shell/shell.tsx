// The frame: navigation by role, the scope bar, switches, live state, keys, and a footer that says how fresh everything is.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { Navigate, NavLink, Outlet, ScrollRestoration, useLocation, useNavigate, useSearchParams } from 'react-router';
import { api, ask, ProblemError } from '../api/http.ts';
import { notificationsQuery } from '../api/queries.ts';
import { type Session, SessionContext, useMe } from '../api/session.ts';
import { useMode } from '../design/mode.ts';
import { useFormat } from '../format/use-format.ts';
import { useStream, useStreamClock, useStreamState } from '../live/stream.ts';
import { neighbour } from '../parts/came-from.ts';
import { ESCAPE, useKeys } from '../parts/keys.ts';
import { ProblemPanel } from '../parts/problem.tsx';
import { usePreferences } from '../preferences.ts';
import { absolute, browserZone, scopedSearch, useScope } from '../scope/scope.ts';
import { ScopeBar } from '../scope/scope-bar.tsx';
import { common } from '../words/common.ts';
import { shellWords } from '../words/shell.ts';
import { useWords } from '../words/words.ts';
import { NotMember } from './error-pages.tsx';
import { homeOf, jumps, navigation, paths } from './navigation.ts';
import { frameWords } from './words.ts';

const KeyHelp = lazy(async () => ({ default: (await import('./key-help.tsx')).KeyHelp }));
const Search = lazy(async () => ({ default: (await import('./search.tsx')).Search }));
const NOTICE_MS = 4_000;
/** The server counts no further. */
const MANY_UNREAD = 100;

export function Shell() {
  const me = useMe();
  const location = useLocation();
  const session = useMemo<Session | undefined>(
    () => (me.data?.membership === undefined ? undefined : { ...me.data.membership, name: me.data.name }),
    [me.data],
  );
  if (me.isPending) return <div className="boot" aria-busy="true" />;
  if (me.data?.signedIn === false || (me.error instanceof ProblemError && me.error.status === 401)) {
    return <Navigate to={`/sign-in?return=${encodeURIComponent(location.pathname + location.search)}`} replace />;
  }
  if (me.isError)
    return (
      <main className="alone">
        <ProblemPanel error={me.error} retry={() => void me.refetch()} />
      </main>
    );
  if (session === undefined) return <NotMember />;
  return (
    <SessionContext value={session}>
      <Frame session={session} />
    </SessionContext>
  );
}

function Frame({ session }: { session: Session }) {
  const words = useWords(shellWords);
  const said = useWords(frameWords);
  const [menuOpen, setMenuOpen] = useState(false);
  const [help, setHelp] = useState(false);
  const [searching, setSearching] = useState(false);
  const [notice, tell] = useNotice();
  const { switchLocale, switchMode } = usePreferences();
  const [params] = useSearchParams();
  const scope = useScope();
  const navigate = useNavigate();
  const location = useLocation();
  const awaitingJump = useRef(false);
  const items = navigation[session.role];
  useStream('/api/v1/live');

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address is what moves the focus
  useEffect(() => {
    setMenuOpen(false);
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [location.pathname]);

  const jump = (letter: string) => {
    if (!awaitingJump.current) return false;
    awaitingJump.current = false;
    const target = letter === 'h' ? homeOf[session.role] : jumps[letter]?.find((key) => items.includes(key));
    if (target !== undefined) void navigate(paths[target] + scopedSearch(params));
    return true;
  };
  const copyLink = () => {
    const url = new URL(window.location.href);
    // What is relative today means other days tomorrow; a month stays a month.
    if (scope.rangeToken.startsWith('last-')) url.searchParams.set('range', absolute(scope.range));
    void navigator.clipboard.writeText(url.href).then(() => tell(said.copyLink));
  };
  const walk = (step: 1 | -1) => {
    // Where the address stands, not what was last rendered: a second press counts from where the first one led.
    const next = neighbour(window.location.pathname, step);
    if (next === undefined) return tell(said.endOfList);
    void navigate(next.path, { replace: true });
    tell(said.inList(String(next.at), String(next.of)));
  };
  const openSearch = () => setSearching(true);
  const leave = useSignOut();
  useKeys({
    'Ctrl+k': openSearch,
    '?': () => setHelp(true),
    g: () => {
      awaitingJump.current = true;
      setTimeout(() => {
        awaitingJump.current = false;
      }, 1500);
    },
    ...Object.fromEntries(Object.keys(jumps).map((letter) => [letter, () => jump(letter)])),
    '[': () => walk(-1),
    ']': () => walk(1),
    '/': () =>
      (document.querySelector<HTMLElement>('main [data-filter], main input[type="search"]') ?? document.querySelector<HTMLElement>('[data-scope]'))?.focus(),
    y: copyLink,
    [ESCAPE]: () => {
      // Nothing to go back to: the page was opened by its address.
      const depth: unknown = window.history.state?.idx;
      return typeof depth === 'number' && depth > 0 ? void navigate(-1) : false;
    },
  });
  const wall = location.pathname === paths.floor && params.get('wall') === '1';
  if (wall) {
    return (
      <main id="main" className="wall">
        <CutStrip />
        <Outlet />
      </main>
    );
  }

  return (
    <div className="shell">
      <a className="skip" href="#main">
        {words.skip}
      </a>
      <header className="bar">
        <button type="button" className="plain menu-button" aria-expanded={menuOpen} aria-controls="navigation" onClick={() => setMenuOpen(!menuOpen)}>
          {words.menu}
        </button>
        <NavLink to={`/${scopedSearch(params)}`} className="wordmark">
          Deskfleet
        </NavLink>
        <ScopeBar />
        <button type="button" className="native search-button" onClick={openSearch}>
          {said.search} <kbd>Ctrl K</kbd>
        </button>
        <Switches session={session} openHelp={() => setHelp(true)} />
      </header>
      <nav id="navigation" aria-label={words.navigation} className={menuOpen ? 'nav nav-open' : 'nav'}>
        <ul>
          {items.map((key) => (
            <li key={key}>
              <NavLink to={paths[key] + scopedSearch(params)} end={key === 'home'}>
                {words.nav[key]}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main">
        <CutStrip />
        <Outlet />
      </main>
      <Footer role={session.role} />
      <p className={notice === '' ? 'sr-only' : 'notice'} role="status">
        {notice}
      </p>
      <Suspense>
        {help ? <KeyHelp close={() => setHelp(false)} /> : null}
        {searching ? (
          <Search
            close={() => setSearching(false)}
            run={{
              copyLink,
              language: switchLocale,
              mode: switchMode,
              keys: () => setHelp(true),
              wall: () => void navigate(`${paths.floor}${scopedSearch(params, { wall: '1' })}`),
              signOut: () => void leave(),
            }}
          />
        ) : null}
      </Suspense>
      <ScrollRestoration />
    </div>
  );
}

/** What was done, said once and shown for a while. */
function useNotice(): [string, (text: string) => void] {
  const [notice, setNotice] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = (text: string) => {
    clearTimeout(timer.current);
    setNotice(text);
    timer.current = setTimeout(() => setNotice(''), NOTICE_MS);
  };
  return [notice, tell];
}

function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await ask(api.POST('/sign-out'));
    client.clear();
    window.location.assign('/sign-in');
  };
}

function Switches({ session, openHelp }: { session: Session; openHelp: () => void }) {
  const words = useWords(shellWords);
  const roles = useWords(common).roles;
  const mode = useMode();
  const { switchLocale, switchMode } = usePreferences();
  const signOut = useSignOut();
  return (
    <div className="switches">
      <LiveMark />
      <Bell />
      <button type="button" className="plain" onClick={switchLocale} lang={words.otherLanguage === 'English' ? 'en' : 'zh-CN'}>
        {words.otherLanguage}
      </button>
      <button type="button" className="plain" onClick={switchMode}>
        {mode === 'light' ? words.dark : words.light}
      </button>
      <button type="button" className="plain hide-narrow" onClick={openHelp}>
        {words.keys} <kbd>?</kbd>
      </button>
      <span className="who" title={session.vendorName}>
        {session.name} <span className="quiet">{roles[session.role]}</span>
      </span>
      <button type="button" className="plain" onClick={() => void signOut()}>
        {words.signOut}
      </button>
    </div>
  );
}

/** What one has not read, counted; opens the list. */
function Bell() {
  const words = useWords(shellWords);
  const { data } = useQuery(notificationsQuery);
  const unread = data?.unread ?? 0;
  const shown = unread >= MANY_UNREAD ? `${MANY_UNREAD - 1}+` : String(unread);
  return (
    <NavLink to="/notifications" className="bell">
      {words.notifications}
      {unread === 0 ? null : (
        <>
          {' '}
          <strong aria-hidden="true" className="badge">
            {shown}
          </strong>
          <span className="sr-only">{words.unread(shown)}</span>
        </>
      )}
    </NavLink>
  );
}

function LiveMark() {
  const words = useWords(shellWords);
  const format = useFormat();
  const { live } = useStreamState();
  const { now } = useStreamClock();
  if (!live) return null;
  return (
    <span className="live hide-narrow">
      <span aria-hidden="true">● </span>
      {words.live(format.clock(now, browserZone))}
    </span>
  );
}

function CutStrip() {
  const words = useWords(shellWords);
  const { live, heardAt } = useStreamState();
  if (live || heardAt === 0) return null;
  return (
    <p className="strip" role="status">
      <span aria-hidden="true">▲ </span>
      {words.cut}
    </p>
  );
}

function Footer({ role }: { role: Session['role'] }) {
  const words = useWords(shellWords);
  const format = useFormat();
  const { at } = useStreamState();
  const text = at === 0 ? words.footerUnknown : words.footer(format.instant(at, browserZone));
  return (
    <footer className="foot">
      {role === 'vendor-operations' ? (
        <NavLink to="/system">
          {text} · {words.freshness}
        </NavLink>
      ) : (
        <span>{text}</span>
      )}
      <a href="/api/v1/docs">API</a>
    </footer>
  );
}
