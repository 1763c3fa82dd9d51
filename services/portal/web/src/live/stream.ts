// One server-sent stream per browser, shared by its tabs: the tab that holds the lock listens, the others hear it by BroadcastChannel.
// What changed invalidates the queries that show it, at most once a second. 15 s without a sign of life and the stream is called cut.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';

export const SILENCE_MS = 15_000;
const FLUSH_MS = 1000;

export interface StreamNews {
  topics: readonly string[]; // the first words of query keys: shops, conversations, floor, sla, qa, billing, people, access, notifications
  at: number; // the server's clock, epoch ms; 0 = not said
  reset: boolean; // what was missed is not known: fetch everything again
}

export interface StreamState {
  live: boolean;
  at: number; // the server's clock when last heard
  heardAt: number; // this machine's clock then
}

/** The news of one server-sent event; undefined for what cannot be read. */
export function newsOf(name: string, data: string): StreamNews | undefined {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== 'object' || value === null) return undefined;
    const { topics, now } = value as { topics?: unknown; now?: unknown };
    return {
      topics: Array.isArray(topics) ? topics.filter((topic) => typeof topic === 'string') : [],
      at: typeof now === 'number' ? now : 0,
      reset: name === 'reset',
    };
  } catch {
    return undefined;
  }
}

let state: StreamState = { live: false, at: 0, heardAt: 0 };
const listeners = new Set<() => void>();

function setState(next: StreamState) {
  state = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useStreamState = (): StreamState => useSyncExternalStore(subscribe, () => state);

/** The stream's clock, second by second; it stands still when the stream is cut. */
export function useStreamClock(): { now: number; live: boolean } {
  const { live, at, heardAt } = useStreamState();
  const [tick, setTick] = useState(() => Date.now());
  useEffect(() => {
    if (!live) return;
    const timer = setInterval(() => setTick(Date.now()), 500);
    return () => clearInterval(timer);
  }, [live]);
  return { now: heardAt === 0 ? tick : at + (live ? Math.max(0, tick - heardAt) : 0), live };
}

/** Runs the shared stream while the app is open. */
export function useStream(url: string): void {
  const client = useQueryClient();
  useEffect(() => {
    const channel = new BroadcastChannel('deskfleet.stream');
    const stop = new AbortController();
    const pending = new Set<string>();
    let source: EventSource | undefined;

    const hear = (news: StreamNews) => {
      const heardAt = Date.now();
      setState({ live: true, at: news.at === 0 ? state.at + (state.heardAt === 0 ? 0 : heardAt - state.heardAt) : news.at, heardAt });
      if (news.reset) void client.invalidateQueries();
      for (const topic of news.topics) pending.add(topic);
    };
    const flush = setInterval(() => {
      if (state.live && Date.now() - state.heardAt > SILENCE_MS) setState({ ...state, live: false });
      const topics = [...pending];
      pending.clear();
      for (const topic of topics) void client.invalidateQueries({ queryKey: [topic] });
    }, FLUSH_MS);

    channel.onmessage = (event: MessageEvent<StreamNews>) => hear(event.data);
    const listen = () =>
      new Promise<void>((resolve) => {
        source = new EventSource(url);
        const onNews = (event: MessageEvent<string>) => {
          const news = newsOf(event.type, event.data);
          if (news === undefined) return;
          hear(news);
          channel.postMessage(news);
        };
        for (const name of ['heartbeat', 'changed', 'reset']) source.addEventListener(name, onNews);
        stop.signal.addEventListener('abort', () => resolve());
      });
    void navigator.locks.request('deskfleet.stream', { signal: stop.signal }, listen).catch(() => undefined);

    return () => {
      stop.abort();
      source?.close();
      clearInterval(flush);
      channel.close();
    };
  }, [client, url]);
}
