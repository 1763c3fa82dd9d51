// `npm run dev -- SERVICE`: runs one service of the running installation here, its output on this terminal, and again after each edit.
// The installation takes it back when this ends, however it ends.

import { spawnGuarded } from '@deskfleet/servers';
import { borrow } from './control.ts';
import { readState, runningPid } from './installation.ts';
import { say, Unable } from './output.ts';
import { onEnd } from './signals.ts';

export async function dev(service: string, dataDir: string): Promise<void> {
  const state = readState(dataDir);
  if (state === undefined || runningPid(dataDir) === undefined)
    throw new Unable(`No installation runs on ${dataDir}. Start one with \`npm start\` in another terminal.`);
  const loan = await borrow(state, service);
  say(`${service} runs here now and starts again after each edit. Ctrl-C gives it back.`);
  const [node = process.execPath, ...script] = loan.spec.command;
  const process_ = spawnGuarded([node, '--watch', '--watch-preserve-output', ...script], { env: { ...loan.spec.env } });
  process_.stdout.pipe(process.stdout);
  process_.stderr.pipe(process.stderr);
  const end = Promise.withResolvers<void>();
  onEnd(
    () => end.resolve(),
    () => process.exit(130),
  );
  await Promise.race([end.promise, process_.exited, loan.ended.then(() => say('The installation has ended.'))]);
  await process_.stop();
  loan.giveBack();
}
