// The process of one bench (apart.ts): runs the one it is told and sends its figures.
import { loadBenches } from './load.ts';

const bench = (await loadBenches()).find(({ name }) => name === process.argv[2]);
if (bench === undefined || process.send === undefined) throw new Error('one.ts is started by apart.ts, with the name of a bench');
process.once('disconnect', () => process.exit(1)); // whoever started it is gone
process.send(await bench.run(), () => process.exit(0));
