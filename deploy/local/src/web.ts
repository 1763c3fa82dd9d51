// The portal's web app, built when its sources are newer than what was built last.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Unable } from './output.ts';

const SOURCES = ['src', 'public', 'index.html', 'package.json', 'vite.config.ts', 'schema.mjs', '../src/openapi.ts', '../src/http', '../../../pnpm-lock.yaml'];

export function webIsStale(root: string): boolean {
  const web = join(root, 'services/portal/web');
  const built = join(web, 'dist/index.html');
  if (!existsSync(built)) return true;
  const builtAt = statSync(built).mtimeMs;
  return SOURCES.some((source) => newest(join(web, source)) > builtAt);
}

/** Types from the portal's OpenAPI document first, then the app. What the tools say goes to `logFile`. */
export async function buildWeb(root: string, logFile: string): Promise<void> {
  const cwd = join(root, 'services/portal/web');
  const env = {
    ...process.env,
    PATH: `${join(cwd, 'node_modules/.bin')}:${dirname(process.execPath)}:${process.env['PATH']}`,
    NODE_ENV: 'production',
    NO_COLOR: '1',
  };
  const run = promisify(execFile);
  const draft = `dist-${process.pid}`; // put in place at once: another installation may be serving, or building, the same
  const said: string[] = [];
  try {
    for (const [program, ...args] of [
      [process.execPath, 'schema.mjs'],
      ['vite', 'build', '--outDir', draft, '--emptyOutDir'],
    ] as const) {
      const { stdout, stderr } = await run(program, args, { cwd, env });
      said.push(stdout, stderr);
    }
    rmSync(join(cwd, 'dist'), { recursive: true, force: true });
    renameSync(join(cwd, draft), join(cwd, 'dist'));
  } catch (error) {
    said.push(error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error));
    throw new Unable(`The web app could not be built. What was said stands in ${logFile}.`);
  } finally {
    rmSync(join(cwd, draft), { recursive: true, force: true });
    writeFileSync(logFile, said.join(''));
  }
}

/** When the newest file of a path was changed; 0 where there is none. */
function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('schema.d.ts'))
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), found.mtimeMs);
}
