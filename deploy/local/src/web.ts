// The portal's web app, built when its sources are newer than what was built last.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
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

/** Types from the portal's OpenAPI document first, then the app. */
export async function buildWeb(root: string): Promise<void> {
  const web = join(root, 'services/portal/web');
  const path = `${join(web, 'node_modules/.bin')}:${dirname(process.execPath)}:${process.env['PATH']}`;
  const run = promisify(execFile);
  try {
    await run(process.execPath, ['schema.mjs'], { cwd: web, env: { ...process.env, PATH: path } });
    await run('vite', ['build'], { cwd: web, env: { ...process.env, PATH: path, NODE_ENV: 'production' } });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new Unable(`The web app could not be built:\n${said.trim()}`);
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
