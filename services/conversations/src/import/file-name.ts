// What an imported file is called: a name that may say whom the file is about, so it is sealed under the import's own subject and opened for who reads it.
import { type Keyring, nameKey, open, seal } from '@deskfleet/event-store/sealing';
import { SealedText } from '@deskfleet/protocol/conversations';

const FIELD = 'file_name';

/** As it stands in a row; in the clear where no subject is named, as events told it before it was sealed. */
export interface StoredFileName {
  readonly import_id: string;
  readonly file_name: Uint8Array;
  readonly file_name_subject: string;
}

export async function sealFileName(keyring: Keyring, vendorId: string, importId: string, fileName: string): Promise<SealedText> {
  const name = { kind: 'import', id: importId };
  const key = (await keyring.keysFor(vendorId, [name])).get(nameKey(name));
  if (key === undefined) throw new Error('a key was not made');
  return SealedText.create({ subjectId: key.subjectId, ciphertext: seal(key, fileName, { vendorId, eventId: importId, field: FIELD }) });
}

/** The names in the rows' order; '' for one whose key is gone. */
export async function fileNames(keyring: Keyring, vendorId: string, rows: readonly StoredFileName[]): Promise<string[]> {
  const keys = await keyring.keysOf(
    vendorId,
    rows.flatMap((row) => (row.file_name_subject === '' ? [] : [row.file_name_subject])),
  );
  return rows.map((row) => {
    if (row.file_name_subject === '') return Buffer.from(row.file_name).toString('utf8');
    const key = keys.get(row.file_name_subject);
    return key === undefined ? '' : open(key, row.file_name, { vendorId, eventId: row.import_id, field: FIELD });
  });
}
