// The commands that run an installation on this machine. bootstrap.mjs brings the toolchain and calls this.
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { backup } from './backup/backup.ts';
import { type RestoreOptions, restore } from './backup/restore.ts';
import { dev } from './dev.ts';
import { runningPid } from './installation.ts';
import { say, Unable } from './output.ts';
import { type StartOptions, start } from './start.ts';

const DEFAULT_DATA_DIR = resolve(process.env['DESKFLEET_DATA_DIR'] ?? '.deskfleet');

const program = new Command('deskfleet-local').description('Runs Deskfleet on this machine.').showHelpAfterError();
const dataDir = () => new Option('--data-dir <dir>', 'where everything is kept').default(DEFAULT_DATA_DIR).argParser((value) => resolve(value));

program
  .command('start')
  .description('start PostgreSQL, the bus, every service and the portal')
  .addOption(new Option('--bus <bus>', 'how events travel').choices(['feed', 'kafka']).default('feed').env('DESKFLEET_BUS'))
  .addOption(new Option('--port <n>', "the portal's port").argParser(portNumber))
  .addOption(dataDir())
  .addOption(new Option('--demo <data>', 'what a new installation begins with (default: standard)').choices(['standard', 'none']))
  .action((options: StartOptions) => start(options));

program
  .command('dev')
  .description('run one service of the running installation here, again after each edit')
  .argument('<service>')
  .addOption(dataDir())
  .action((service: string, options: { dataDir: string }) => dev(service, options.dataDir));

program
  .command('backup')
  .description("copy the installation's databases into a folder")
  .requiredOption('--to <dir>', 'a folder that is not there yet, or empty', (value) => resolve(value))
  .option('--service <name>', "one service's database only")
  .option('--json', 'print what was copied as JSON')
  .addOption(dataDir())
  .action((options: { to: string; service?: string; dataDir: string; json?: boolean }) => backup(options));

program
  .command('restore')
  .description("put a backup's databases in the place of the installation's")
  .option('--from <dir>', 'a folder that backup made', (value) => resolve(value))
  .option('--service <name>', 'one service only')
  .option('--epoch-only', 'the database was restored by other means: only begin the new epoch')
  .option('--json', 'print what was restored as JSON')
  .addOption(dataDir())
  .action((options: RestoreOptions) => restore(options));

program
  .command('reset')
  .description('remove the data folder')
  .addOption(dataDir())
  .action((options: { dataDir: string }) => reset(options.dataDir));

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new InvalidArgumentError('expected a port from 1 to 65535.');
  return port;
}

function reset(folder: string): void {
  if (!existsSync(folder)) {
    say(`Nothing to remove: ${folder} is not there.`);
    return;
  }
  const pid = runningPid(folder);
  if (pid !== undefined) throw new Unable(`Deskfleet runs on ${folder} (process ${pid}). Stop it first.`);
  // Only what an installation made is removed: a mistyped folder is not.
  if (!existsSync(join(folder, 'logs')) || !(existsSync(join(folder, 'keys')) || existsSync(join(folder, 'postgres')))) {
    throw new Unable(`${folder} does not look like Deskfleet's data folder; nothing was removed.`);
  }
  rmSync(folder, { recursive: true, force: true });
  say(`Removed ${folder}.`);
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  say(error instanceof Unable ? error.message : `Deskfleet cannot go on: ${error.message}`);
  process.exitCode = 1;
}
// Ended in the middle of a start, a step may still be under way; whatever it has started ends with this process.
process.exit();
