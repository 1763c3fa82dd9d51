// Writes the repository's acceptance sample from the demo's generator at a fixed time, and its expected figures by the oracle.
// Run by hand when the dialogues change: node tests/acceptance/write-sample.ts
import { writeFileSync } from 'node:fs';
import { sample } from '../../deploy/local/src/demo/generate.ts';
import { demoShops } from '../../deploy/local/src/demo/shops.ts';
import { figures, linesOf } from './oracle.ts';

const transcripts = new URL('sample/shop-conversations.ndjson', import.meta.url);
const lines = sample({
  shops: demoShops,
  conversations: 400,
  from: Date.parse('2026-01-20T00:00:00+08:00'),
  to: Date.parse('2026-04-02T00:00:00+08:00'),
  seed: 7,
  prefix: 'sample',
});
writeFileSync(transcripts, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
const expected = figures(linesOf(transcripts.pathname));
writeFileSync(new URL('sample/shop-conversations.expected.json', import.meta.url), `${JSON.stringify(expected, null, 2)}\n`);
