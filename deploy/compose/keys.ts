// Makes the services' key pairs once: one private key a service, and the key set by which all verify each other. Run by compose.yaml's `keys`.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_NAMES } from '../../libs/service-kit/src/config/names.ts';
import { createIdentity } from '../../libs/service-kit/src/identity/identity.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node keys.ts FOLDER');
mkdirSync(folder, { recursive: true });
if (existsSync(join(folder, 'jwks.json'))) {
  console.log(`${folder}: the keys are there already`);
} else {
  const identity = await createIdentity(SERVICE_NAMES);
  for (const [service, key] of Object.entries(identity.privateKeys)) writeFileSync(join(folder, `${service}.json`), key, { mode: 0o600 });
  writeFileSync(join(folder, 'jwks.json'), identity.jwks); // last: its being there says that the others are
  console.log(`${folder}: keys made for ${SERVICE_NAMES.join(', ')}`);
}
