// Objects in a bucket of anything that speaks S3. Only what every such store has is used: PUT, GET, path or host style. Writing once is looked up first and
// asked for in the request as well (If-None-Match), since stores that do not know that header ignore it.
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { checkKey, checkObject, isSame, ObjectExists, type ObjectStore, type StoredObject } from './store.ts';

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Of a store other than AWS; absent = AWS. */
  readonly endpoint: string | undefined;
  /** Absent: whatever the SDK finds (its environment variables, a role of the machine). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Before every key; empty = none. */
  readonly prefix: string;
  /** The bucket in the path instead of the host name. */
  readonly pathStyle: boolean;
}

const CONNECT_MS = 3_000;
/** 20 MiB at 1 MiB/s, and some. */
const REQUEST_MS = 30_000;
/** The first and two more, with the SDK's back-off; only for what may pass. */
const ATTEMPTS = 3;

/** A store in this bucket. Nothing is asked until the first object. */
export function s3Store({ bucket, region, endpoint, credentials, prefix, pathStyle }: S3Settings): ObjectStore {
  const client = new S3Client({
    region,
    forcePathStyle: pathStyle,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true },
    // The checksums that AWS adds by default are headers which other stores refuse; the signature covers the body's SHA-256 anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  const at = (key: string): { Bucket: string; Key: string } => ({ Bucket: bucket, Key: prefix === '' ? key : `${prefix}/${key}` });

  async function get(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    try {
      const { Body, ContentType } = await client.send(new GetObjectCommand(at(key)));
      return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), contentType: ContentType ?? 'application/octet-stream' };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  return {
    get,
    async put(key, bytes, contentType) {
      checkObject(key, bytes, contentType);
      const kept = await get(key);
      if (kept === undefined) {
        try {
          await client.send(new PutObjectCommand({ ...at(key), Body: bytes, ContentType: contentType, ContentLength: bytes.byteLength, IfNoneMatch: '*' }));
          return;
        } catch (error) {
          // 412: another process was first. A repeated attempt of ours, whose first answer was lost, is told the same.
          if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412)) throw error;
        }
      }
      const there = kept ?? (await get(key));
      if (there === undefined || !isSame(there, bytes, contentType)) throw new ObjectExists(key);
    },
  };
}
