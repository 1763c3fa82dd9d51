// Files: bytes in the object store, what they are in the log. The bytes go first, so that no event names a file that is not there.
import { createHash } from 'node:crypto';
import { accept, type Decider } from '@deskfleet/event-store';
import { ObjectExists } from '@deskfleet/object-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { FileStored } from '@deskfleet/protocol/access';
import type { Caller, Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { onStream } from '../access/on-stream.ts';
import { BadField } from '../http/json.ts';
import { notFound, Problem, problemOfRefusal } from '../http/problems.ts';
import { sha256 } from '../sign-in/secrets.ts';
import { CONTENT_TYPES, keptName, problemOfFile } from './kinds.ts';
import type { StoredFileRow } from './stored-files.ts';

/** Files named in one request. */
export const MAX_FILES = 50;

export interface NewFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** Found visible to the caller; at least one. */
  readonly shopIds: readonly string[];
  readonly contractId: string;
}

export interface FileView {
  readonly fileId: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
  readonly shopIds: readonly string[];
  readonly contractId: string;
  readonly storedBy: string;
  readonly storedAt: number;
}

export interface Files {
  store(caller: Caller, commandId: string, file: NewFile): Promise<FileView>;
  /** Those of these files that the caller may see, in the order asked. */
  of(caller: Caller, fileIds: readonly string[]): Promise<readonly FileView[]>;
  open(caller: Caller, fileId: string): Promise<FileView & { readonly bytes: Buffer }>;
  /** Refuses a request that names a file its sender may not see. */
  requireSeen(caller: Caller, fileIds: readonly string[]): Promise<void>;
}

/** A file, kept once. Stream: file-<id>. */
const file: Decider<FileStored, FileStored, { readonly kept: boolean }> = {
  initial: { kept: false },
  evolve: () => ({ kept: true }),
  decide: ({ kept }, stored) => (kept ? accept() : accept(stored)),
};
const isFileStored = (event: UnknownMessage): event is FileStored => event.$type === FileStored.$type;

export function fileDesk(kit: Pick<Kit, 'command' | 'read' | 'awaitPosition' | 'objects'>): Files {
  async function of(caller: Caller, fileIds: readonly string[]): Promise<readonly FileView[]> {
    if (fileIds.length === 0) return [];
    const rows = await kit.read(
      caller,
      async (tx) =>
        (
          await sql<StoredFileRow & { shops: string[] }>`
            select file_id, min(name) as name, min(content_type) as content_type, min(size) as size, min(sha256) as sha256, min(contract_id) as contract_id,
                   min(stored_by) as stored_by, min(stored_at) as stored_at, array_agg(shop_id order by shop_id) as shops
              from stored_files where file_id = any(${[...fileIds]}::text[]) group by file_id`.execute(tx)
        ).rows,
    );
    const found = new Map(rows.map((row) => [row.file_id, viewOf(row)]));
    return fileIds.flatMap((id) => found.get(id) ?? []);
  }

  return {
    of,

    async store(caller, commandId, { name: called, contentType, bytes, shopIds, contractId }) {
      const name = keptName(called);
      if (name === '') throw new BadField('name', called, '1 to 200 characters');
      const problem = problemOfFile(contentType, bytes);
      if (problem !== undefined) throw new Problem(422, problem, { field: 'content-type', found: contentType, expected: CONTENT_TYPES });
      const fileId = `fi_${sha256(JSON.stringify([caller.vendorId, commandId]))
        .toString('hex')
        .slice(0, 32)}`;
      const digest = createHash('sha256').update(bytes).digest('hex');
      const stored = FileStored.create({ fileId, name, contentType, size: bytes.length, sha256: digest, shopIds: [...shopIds].sort(), contractId });
      try {
        await kit.objects.put(keyOf(caller.vendorId, fileId), bytes, contentType);
      } catch (error) {
        if (error instanceof ObjectExists) throw new Problem(422, 'command-id-reused', { field: 'Idempotency-Key', found: commandId });
        throw error;
      }
      const result = await kit.command(onStream(file, isFileStored, `file-${fileId}`, caller, commandId, stored, () => stored));
      if (!result.ok) throw problemOfRefusal(result.refused);
      await kit.awaitPosition(result.at);
      const [view] = await of(caller, [fileId]);
      if (view === undefined) throw new Error(`${fileId} is not among the files`);
      return view;
    },

    async open(caller, fileId) {
      const [view] = await of(caller, [fileId]);
      if (view === undefined) throw notFound();
      const kept = await kit.objects.get(keyOf(caller.vendorId, fileId));
      if (kept === undefined) throw new Error(`${fileId} is in the log but not in the object store`);
      const digest = createHash('sha256').update(kept.bytes).digest('hex');
      if (digest !== view.sha256) throw new Error(`${fileId} in the object store is not what was stored: ${digest}`);
      return { ...view, bytes: kept.bytes };
    },

    async requireSeen(caller, fileIds) {
      if (fileIds.length > MAX_FILES) throw new BadField('fileIds', `${fileIds.length}`, `at most ${MAX_FILES} files`);
      const seen = new Set((await of(caller, fileIds)).map(({ fileId }) => fileId));
      const unknown = fileIds.find((id) => !seen.has(id));
      if (unknown !== undefined) throw new Problem(422, 'file-unknown', { field: 'fileIds', found: unknown });
    },
  };
}

function keyOf(vendorId: string, fileId: string): string {
  return `files/${vendorId}/${fileId}`;
}

function viewOf(row: StoredFileRow & { readonly shops: string[] }): FileView {
  return {
    fileId: row.file_id,
    name: row.name,
    contentType: row.content_type,
    size: Number(row.size),
    sha256: row.sha256,
    shopIds: row.shops,
    contractId: row.contract_id,
    storedBy: row.stored_by,
    storedAt: Number(row.stored_at),
  };
}
