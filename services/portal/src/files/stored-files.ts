// The files that are kept: a row a file and shop, so that row level security by shop says who may see one.
import { FileStored } from '@deskfleet/protocol/access';
import type { RowProjection } from '@deskfleet/read-model';

export interface StoredFileRow {
  readonly file_id: string;
  readonly shop_id: string;
  readonly name: string;
  readonly content_type: string;
  readonly size: number;
  readonly sha256: string;
  readonly contract_id: string;
  readonly stored_by: string;
  readonly stored_at: number;
}

export const storedFiles: RowProjection<FileStored, StoredFileRow> = {
  name: 'stored_files',
  version: 1,
  types: [FileStored],
  columns: `
    file_id text not null, name text not null, content_type text not null, size bigint not null, sha256 text not null,
    contract_id text not null, stored_by text not null, stored_at bigint not null`,
  keyColumns: ['file_id', 'shop_id'],
  keys: ({ event }) => event.shopIds.map((shop_id) => ({ file_id: event.fileId, shop_id })),
  apply: (_row, { event, meta, occurredAt }, key) => ({
    file_id: event.fileId,
    shop_id: key.shop_id ?? '',
    name: event.name,
    content_type: event.contentType,
    size: event.size,
    sha256: event.sha256,
    contract_id: event.contractId,
    stored_by: meta.actor?.id ?? '',
    stored_at: occurredAt,
  }),
};
