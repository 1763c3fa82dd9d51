// The app, built once for a test file, over the fixtures and in a browser.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { vi } from 'vitest';
import { type FixtureServer, startFixtures } from './fixture-server.ts';

export interface Built {
  folder: string;
  server: FixtureServer;
  page: Page;
  open(path: string, role: FixtureServer['role']): Promise<void>;
  close(): Promise<void>;
}

export async function startBuilt(): Promise<Built> {
  const folder = mkdtempSync(join(tmpdir(), 'deskfleet-web-'));
  // What users load: a test's own NODE_ENV would build React for developing.
  vi.stubEnv('NODE_ENV', 'production');
  await build({ configFile: join(import.meta.dirname, '../vite.config.ts'), build: { outDir: folder, emptyOutDir: true }, logLevel: 'error' });
  vi.unstubAllEnvs();
  const server = await startFixtures(folder);
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  });
  const context = await browser.newContext({
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  return {
    folder,
    server,
    page,
    async open(path, role) {
      server.role = role;
      await page.goto(server.url + path);
      await page.locator('h1').first().waitFor();
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    },
    async close() {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
