// Which store an installation has: a folder, or a bucket. Read from the environment like the rest of a service's configuration.
import { folderStore } from './folder.ts';
import type { S3Settings } from './s3.ts';
import type { ObjectStore } from './store.ts';

export type ObjectStoreSettings = { readonly kind: 'none' } | { readonly kind: 'folder'; readonly folder: string } | ({ readonly kind: 's3' } & S3Settings);

/**
 * Reads the settings through `text` (a variable's value, undefined when it is not set). Every mistake is added to `problems` by its variable's name;
 * a secret is never repeated.
 */
export function readObjectStoreSettings(text: (name: string) => string | undefined, problems: string[]): ObjectStoreSettings {
  const [folder, bucket] = [text('DESKFLEET_OBJECTS_DIR'), text('DESKFLEET_S3_BUCKET')];
  if (folder !== undefined && bucket !== undefined) problems.push('DESKFLEET_OBJECTS_DIR, DESKFLEET_S3_BUCKET: both are set, expected one');
  if (bucket === undefined) return folder === undefined ? { kind: 'none' } : { kind: 'folder', folder };

  const endpoint = text('DESKFLEET_S3_ENDPOINT');
  if (endpoint !== undefined && !/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : '')) {
    problems.push(`DESKFLEET_S3_ENDPOINT: found '${endpoint}', expected http(s)://host[:port]`);
  }
  const [accessKeyId, secretAccessKey] = [text('DESKFLEET_S3_ACCESS_KEY'), text('DESKFLEET_S3_SECRET_KEY')];
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    problems.push('DESKFLEET_S3_ACCESS_KEY, DESKFLEET_S3_SECRET_KEY: one is missing, expected both or neither');
  }
  const prefix = (text('DESKFLEET_S3_PREFIX') ?? '').replace(/^\/+|\/+$/g, '');
  const style = text('DESKFLEET_S3_PATH_STYLE') ?? (endpoint === undefined ? 'false' : 'true');
  if (style !== 'true' && style !== 'false') problems.push(`DESKFLEET_S3_PATH_STYLE: found '${style}', expected true or false`);
  return {
    kind: 's3',
    bucket,
    region: text('DESKFLEET_S3_REGION') ?? 'us-east-1',
    endpoint,
    credentials: accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey },
    prefix,
    pathStyle: style === 'true',
  };
}

/** Opens the store. Without one each use says which variables are missing; the S3 client is loaded only where it is used. */
export function openObjectStore(settings: ObjectStoreSettings): ObjectStore {
  if (settings.kind === 'folder') return folderStore(settings.folder);
  if (settings.kind === 'none') return { put: none, get: none };
  let opened: Promise<ObjectStore> | undefined;
  const store = (): Promise<ObjectStore> => {
    opened ??= import('./s3.ts').then(({ s3Store }) => s3Store(settings));
    return opened;
  };
  return {
    put: async (key, bytes, contentType) => (await store()).put(key, bytes, contentType),
    get: async (key) => (await store()).get(key),
  };
}

async function none(): Promise<never> {
  throw new Error('no object store is configured: DESKFLEET_OBJECTS_DIR or DESKFLEET_S3_BUCKET');
}
