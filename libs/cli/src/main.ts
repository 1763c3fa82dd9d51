// The deskfleet command: acts as vendor-operations on the installation of a folder, or on DESKFLEET_URL with DESKFLEET_TOKEN.
// Exit codes: 0 done, 1 the portal refused or lines were rejected, 2 it could not be tried.
import { Command } from 'commander';
import { backupCommands } from './backup.ts';
import { eventCommands } from './events.ts';
import { type ImportSummary, importTranscripts } from './import.ts';
import { findInstallation, Unable } from './installation.ts';
import { lagCommands } from './lag.ts';
import { orphanCommands } from './orphans.ts';
import { parkedCommands } from './parked.ts';
import { personalDataCommands } from './personal-data.ts';
import { type Portal, portalOf, Refused } from './portal.ts';
import { projectionCommands } from './projections.ts';
import { closeThrough, listInvoices, type ReportOptions, slaReport } from './report.ts';
import { settled } from './settle.ts';

/** Shown without --json; all of them stand in the JSON. */
const SHOWN_REJECTED = 20;

const program = new Command('deskfleet')
  .description('Acts as vendor-operations on an installation of Deskfleet.')
  .option('--data-dir <dir>', "the installation's folder", process.env['DESKFLEET_DATA_DIR'] ?? '.deskfleet')
  .showHelpAfterError();

const portal = (): Portal => portalOf(findInstallation(program.opts<{ dataDir: string }>().dataDir, process.env));

program
  .command('import')
  .description('take data in')
  .command('transcripts')
  .description('import a file of messages (NDJSON, a message a line)')
  .argument('<file>')
  .option('--create-shops', 'unknown shops get a client and a taken-over contract on the standard terms')
  .option('--no-wait', 'return when the file is in, before it is counted everywhere')
  .option('--json', 'print the summary as JSON')
  .action(async (file: string, options: { createShops?: boolean; wait: boolean; json?: boolean }) => {
    const summary = await importTranscripts(portal(), { file, createShops: options.createShops ?? false, wait: options.wait });
    print(options.json ?? false, summary, () => importText(summary));
    if (summary.rejected.length > 0) process.exitCode = 1;
  });

program
  .command('report')
  .description('figures')
  .command('sla')
  .description('service levels by shop and in total')
  .option('--shop <code>', 'one shop')
  .option('--from <date>', 'first day (YYYY-MM-DD)')
  .option('--to <date>', 'last day, inclusive')
  .option('--json', 'print as JSON')
  .action(async ({ json, ...options }: ReportOptions & { json?: boolean }) => {
    print(json ?? true, await slaReport(portal(), options), () => '');
  });

const invoices = program.command('invoices').description('closing months, invoices');
invoices
  .command('close')
  .description('issue every invoice up to a month')
  .requiredOption('--through <month>', 'YYYY-MM')
  .option('--json', 'print as JSON')
  .action(async ({ through }: { through: string }) => {
    const asked = portal();
    print(true, await closeThrough(asked, through, () => settled(asked)), () => '');
  });
invoices
  .command('list')
  .description('issued invoices')
  .option('--json', 'print as JSON')
  .action(async () => print(true, await listInvoices(portal()), () => ''));

for (const group of [eventCommands, lagCommands, projectionCommands, parkedCommands, orphanCommands, personalDataCommands]) group(program, { portal, print });
backupCommands(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Unable || error instanceof Refused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof Unable ? 2 : 1;
}

function print(json: boolean, value: object, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : text());
}

function importText({ messages, conversations, inserted, duplicates, rejected, seconds }: ImportSummary): string {
  const shown = rejected.slice(0, SHOWN_REJECTED).map(({ line, field, found, expected }) => `Line ${line}: ${field} "${found}", expected ${expected}.`);
  const more = rejected.length > SHOWN_REJECTED ? [`... and ${rejected.length - SHOWN_REJECTED} more.`] : [];
  const summary = `${messages} messages of ${conversations} conversations in ${seconds} s: ${inserted} new, ${duplicates} known, ${rejected.length} rejected.`;
  return `${[...shown, ...more, summary].join('\n')}\n`;
}
