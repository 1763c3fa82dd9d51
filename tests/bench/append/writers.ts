// Writers who each wait for their own append before the next: streams of ten events, each at its expected version.

const STREAM_EVENTS = 10;

export interface Side {
  /** Appends one event to a writer's own stream, of which it has appended `version` before. Throws unless it was stored. */
  append(streamId: string, version: number): Promise<void>;
  close(): Promise<void>;
}

export interface Run {
  readonly perSecond: number;
  /** The time within which 99 of 100 appends were answered. */
  readonly p99Ms: number;
}

let streams = 0;

export async function run(side: Side, writers: number, durationMs: number): Promise<Run> {
  const start = performance.now();
  const waits: number[] = [];
  const writer = async (): Promise<void> => {
    let stream = '';
    for (let n = 0, now = start; now - start < durationMs; n += 1) {
      const version = n % STREAM_EVENTS;
      if (version === 0) {
        streams += 1;
        stream = `conversation-cv_${streams}`;
      }
      await side.append(stream, version);
      const after = performance.now();
      waits.push(after - now);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  const perSecond = Math.round((waits.length / (performance.now() - start)) * 1000);
  waits.sort((a, b) => a - b);
  return { perSecond, p99Ms: waits[Math.ceil(waits.length * 0.99) - 1] ?? Number.NaN };
}
