// Files: evidence, certificates, what is handed over. Their ids go into commands; who may see the shops they belong to may open them.
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import type { Caller } from '@deskfleet/service-kit';
import { Type } from 'typebox';
import { MAX_FILES } from '../../files/files.ts';
import { CONTENT_TYPES, MAX_FILE_BYTES } from '../../files/kinds.ts';
import type { Portal } from '../../portal.ts';
import { BadField } from '../json.ts';
import { EVERYONE, type Route, rawBody, route } from '../route.ts';

const MAX_SHOPS = 50;

const fileSchema = Type.Object(
  {
    fileId: Type.String(),
    name: Type.String(),
    contentType: Type.String(),
    size: Type.Integer({ description: 'bytes' }),
    sha256: Type.String({ description: 'hex' }),
    shopIds: Type.Array(Type.String(), { description: 'the shops it belongs to, as far as one may see them' }),
    contractId: Type.String({ description: 'empty: not said' }),
    storedBy: Type.String({ description: 'user id' }),
    storedAt: Type.Integer(),
  },
  { $id: 'StoredFile', title: 'StoredFile' },
);

export const fileSchemas = [fileSchema];

export const fileRoutes: readonly Route[] = [
  route(
    {
      method: 'POST',
      url: '/files',
      operationId: 'storeFile',
      tag: 'Files',
      summary: 'Keep a file; answers its id, which commands name',
      description: `The body is the file, Content-Type what it is: ${CONTENT_TYPES.join(', ')}. Its first bytes must agree. It is never changed or removed.`,
      access: EVERYONE,
      query: Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 500 }),
          shopIds: Type.Optional(Type.Array(Type.String(), { maxItems: MAX_SHOPS, description: 'whose file it is; those of the contract when not said' })),
          contractId: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
      body: rawBody('application/octet-stream', `the file's bytes; at most ${MAX_FILE_BYTES}`),
      consumes: '*/*',
      bodyLimit: MAX_FILE_BYTES,
      answer: Type.Ref('StoredFile#'),
    },
    async ({ portal, caller, query, body, request, signal, commandId }) => {
      const contractId = query.contractId ?? '';
      const shopIds = await shopsFor(portal, caller, query.shopIds ?? [], contractId, signal);
      const contentType =
        String(request.headers['content-type'] ?? '')
          .split(';')[0]
          ?.trim()
          .toLowerCase() ?? '';
      return portal.files.store(caller, commandId, {
        name: query.name,
        contentType,
        bytes: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
        shopIds,
        contractId,
      });
    },
  ),
  route(
    {
      method: 'GET',
      url: '/files',
      operationId: 'listFiles',
      tag: 'Files',
      summary: 'What these files are, of those one may see',
      access: EVERYONE,
      query: Type.Object({ fileIds: Type.Array(Type.String(), { maxItems: MAX_FILES }) }, { additionalProperties: false }),
      answer: Type.Object({ files: Type.Array(Type.Ref('StoredFile#')) }),
    },
    async ({ portal, caller, query }) => ({ files: await portal.files.of(caller, query.fileIds) }),
  ),
  route(
    {
      method: 'GET',
      url: '/files/{fileId}',
      operationId: 'getFile',
      tag: 'Files',
      summary: 'The file itself',
      description: 'Always as an attachment. ETag is its SHA-256.',
      access: EVERYONE,
      params: Type.Object({ fileId: Type.String() }),
      produces: 'application/octet-stream',
      answer: Type.String({ contentMediaType: 'application/octet-stream' }),
    },
    async ({ portal, caller, params, reply }) => {
      const { name, contentType, sha256, bytes } = await portal.files.open(caller, params.fileId);
      reply
        .type(contentType)
        .header('content-disposition', attachment(name))
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('etag', `"${sha256}"`);
      return bytes;
    },
  ),
];

/** The shops a file is for: those named, or the contract's. What one may not see does not exist. */
async function shopsFor(portal: Portal, caller: Caller, asked: readonly string[], contractId: string, signal: AbortSignal): Promise<readonly string[]> {
  const onboarding = portal.backend.client('client-onboarding', OnboardingServiceDefinition, caller);
  if (asked.length > 0) {
    const { shops } = await onboarding.listShops({ shopIds: [...asked], page: { size: MAX_SHOPS } }, { signal });
    const unknown = asked.find((id) => !shops.some(({ shopId }) => shopId === id));
    if (unknown !== undefined) throw new BadField('shopIds', unknown, 'a shop that one may see');
    return [...new Set(asked)];
  }
  if (contractId === '') throw new BadField('shopIds', 'none', 'the shops or the contract that the file is for');
  return (await onboarding.getContract({ contractId }, { signal })).shops.map(({ shopId }) => shopId);
}

/** RFC 6266: a plain name for the old, the whole one for the others. */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._ -]/g, '_');
  const whole = encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}
