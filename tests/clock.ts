// Loaded before a service by NODE_OPTIONS=--import: its wall clock runs as many milliseconds ahead or behind as the file named after the
// service says, and follows the file. Everything in the process sees it, kafkajs too; timers do not, as with a real change of the clock.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const LOOK_EVERY_MS = 50;

const folder = process.env['DESKFLEET_TEST_CLOCKS'];
const service = /services\/([a-z-]+)\/src\/main\.ts$/.exec(process.argv[1] ?? '')?.[1];
if (folder !== undefined && service !== undefined) follow(join(folder, service));

function follow(file: string): void {
  let aheadMs = 0;
  const look = (): void => {
    try {
      aheadMs = Number(readFileSync(file, 'utf8'));
    } catch {
      aheadMs = 0;
    }
  };
  look();
  setInterval(look, LOOK_EVERY_MS).unref();

  const machine = Date.now.bind(Date);
  Date.now = () => machine() + aheadMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args: [], made) => Reflect.construct(target, args.length === 0 ? [target.now()] : args, made),
  });
  const instant = Temporal.Now.instant.bind(Temporal.Now);
  Temporal.Now.instant = () => instant().add({ milliseconds: aheadMs });
}
