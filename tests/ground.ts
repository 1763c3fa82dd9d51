// What the tests need from the machine besides npm: Java and Maven for the broker, Chromium for the browser. Installed where that is allowed
// (root, apt-get), otherwise named with the way to get it. Kafka is fetched here too, so that no test's time runs while a network is slow.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fetchKafka } from '@deskfleet/servers';

interface Need {
  readonly what: string;
  readonly why: string;
  readonly there: () => boolean;
  /** Debian's packages, the first that exists. */
  readonly packages: readonly string[];
  readonly otherwise: string;
}

const NEEDS: readonly Need[] = [
  {
    what: 'Java 17 or later',
    why: 'Kafka, for the tests of the bus',
    there: () => Number(/version "(\d+)/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? '')?.[1] ?? 0) >= 17,
    packages: ['openjdk-21-jre-headless', 'openjdk-17-jre-headless'],
    otherwise: 'adoptium.net, or your system’s package of OpenJDK 17 or 21',
  },
  {
    what: 'Maven',
    why: 'fetching Kafka',
    there: () => onPath('mvn') !== undefined,
    packages: ['maven'],
    otherwise: 'maven.apache.org, or your system’s package',
  },
  {
    what: 'Chromium',
    why: 'the browser tests',
    there: () => chromium() !== undefined,
    packages: ['chromium'],
    otherwise: 'your system’s package of Chromium or Chrome, or name one by DESKFLEET_CHROMIUM=/path/to/it',
  },
];

/** The browser that tests drive: DESKFLEET_CHROMIUM, or the first known name on the PATH. */
export function chromium(): string | undefined {
  const named = process.env['DESKFLEET_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return names.map(onPath).find((path) => path !== undefined);
}

/** Installs, fetches or names what is missing. Returns what is still missing, one sentence each. */
export async function prepareGround(): Promise<string[]> {
  const missing = NEEDS.filter((need) => !need.there());
  if (missing.length > 0) install(missing);
  const lacking = missing.filter((need) => !need.there()).map((need) => `${need.what} is missing (${need.why}). Get it from ${need.otherwise}.`);
  if (lacking.length > 0) return lacking;
  try {
    await fetchKafka((message) => console.log(`${message} ...`));
    return [];
  } catch (error) {
    return [`Kafka could not be fetched (for the tests of the bus): ${error instanceof Error ? error.message : String(error)}`];
  }
}

function install(missing: readonly Need[]): void {
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) return;
  console.log(`Installing with apt-get: ${missing.map((need) => `${need.what} (${need.why})`).join(', ')} ...`);
  apt('update', '-q');
  for (const need of missing) {
    const name = need.packages.find((each) => spawnSync('apt-cache', ['show', each]).status === 0);
    if (name !== undefined) apt('install', '-y', '-q', '--no-install-recommends', name);
  }
}

function apt(...args: readonly string[]): void {
  spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}

function onPath(name: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // not in this folder
    }
  }
  return undefined;
}
