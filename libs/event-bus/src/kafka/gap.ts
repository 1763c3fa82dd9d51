// What Kafka no longer holds comes from its owner: the missing part of one bucket, read from the log and applied under the same watermarks.
import type { Consumer } from '../consumer/consumer.ts';
import type { Gap } from '../consumer/faults.ts';
import type { FeedClient } from '../feed/reader.ts';

/** Applies what lies in the gap. Every type is read, wanted or not, since the watermark must come to its end. `between` runs after each slice. */
export async function fillGap(consumer: Consumer, feed: FeedClient, gap: Gap, signal: AbortSignal, between?: () => Promise<void>): Promise<void> {
  const lane = await consumer.openLane(gap.source, `fill/${gap.bucket}`);
  const ended = new AbortController();
  const stream = feed.read(
    { after: gap.after, buckets: [gap.bucket], types: [], follow: false, source: gap.source },
    { signal: AbortSignal.any([signal, ended.signal]) },
  );
  try {
    for await (const page of stream) {
      const events = page.events.filter((event) => event.position <= gap.upTo).map((event) => ({ ...event, source: gap.source }));
      const through = Math.min(page.through, gap.upTo);
      if (through > lane.position) await lane.apply(events, (index) => events[index]?.position ?? through, through, signal, between);
      if (page.through >= gap.upTo) return;
    }
  } finally {
    ended.abort();
  }
}
