// `deskfleet backup` and `deskfleet restore`: they act on the installation's own folder, so the part that runs it does the work.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

const LOCAL = fileURLToPath(new URL('../../../deploy/local/src/main.ts', import.meta.url));

export function backupCommands(program: Command): void {
  const dataDir = (): string => program.opts<{ dataDir: string }>().dataDir;

  program
    .command('backup')
    .description("copy the installation's databases into a folder, while it runs or not")
    .requiredOption('--to <dir>', 'a folder that is not there yet, or empty')
    .option('--service <name>', "one service's database only")
    .option('--json', 'print what was copied as JSON')
    .action((options: { to: string; service?: string; json?: boolean }) =>
      local('backup', dataDir(), ['--to', options.to, ...serviceOf(options), ...(options.json === true ? ['--json'] : [])]),
    );

  program
    .command('restore')
    .description("put a backup's databases in the place of the installation's; the keys of personal data stay as they are")
    .option('--from <dir>', 'a folder that `deskfleet backup` made')
    .option('--service <name>', 'one service only, the others go on')
    .option('--epoch-only', 'the database was restored by other means: only begin the new epoch')
    .option('--json', 'print what was restored as JSON')
    .action((options: { from?: string; service?: string; epochOnly?: boolean; json?: boolean }) =>
      local('restore', dataDir(), [
        ...(options.from === undefined ? [] : ['--from', options.from]),
        ...serviceOf(options),
        ...(options.epochOnly === true ? ['--epoch-only'] : []),
        ...(options.json === true ? ['--json'] : []),
      ]),
    );
}

function serviceOf({ service }: { service?: string }): string[] {
  return service === undefined ? [] : ['--service', service];
}

async function local(command: string, dataDir: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [LOCAL, command, '--data-dir', dataDir, ...args], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  process.exitCode = Number(code ?? 1);
}
