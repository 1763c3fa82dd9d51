// What kinds of files are kept: what shows an agreement or is handed over (documents, pictures, recordings, tables), nothing that runs in a browser.
// A file must be what it says it is: its first bytes tell.

/** The largest file, in bytes. */
export const MAX_FILE_BYTES = 10 * 1_048_576;

interface Kind {
  readonly contentType: string;
  readonly isOne: (bytes: Buffer) => boolean;
}

const begins = (...first: readonly number[]) => {
  const wanted = Buffer.from(first);
  return (bytes: Buffer): boolean => bytes.subarray(0, wanted.length).equals(wanted);
};
const at =
  (offset: number, text: string) =>
  (bytes: Buffer): boolean =>
    bytes.subarray(offset, offset + text.length).toString('latin1') === text;
const riff =
  (form: string) =>
  (bytes: Buffer): boolean =>
    at(0, 'RIFF')(bytes) && at(8, form)(bytes);
const zip = begins(0x50, 0x4b, 0x03, 0x04);
const mp3 = (bytes: Buffer): boolean => at(0, 'ID3')(bytes) || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe6) === 0xe2);

function text(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const KINDS: readonly Kind[] = [
  { contentType: 'application/pdf', isOne: at(0, '%PDF-') },
  { contentType: 'image/png', isOne: begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) },
  { contentType: 'image/jpeg', isOne: begins(0xff, 0xd8, 0xff) },
  { contentType: 'image/webp', isOne: riff('WEBP') },
  { contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', isOne: zip },
  { contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', isOne: zip },
  { contentType: 'application/zip', isOne: zip },
  { contentType: 'audio/mpeg', isOne: mp3 },
  { contentType: 'audio/mp4', isOne: at(4, 'ftyp') },
  { contentType: 'video/mp4', isOne: at(4, 'ftyp') },
  { contentType: 'audio/wav', isOne: riff('WAVE') },
  { contentType: 'text/plain', isOne: text },
  { contentType: 'text/csv', isOne: text },
];

export const CONTENT_TYPES: readonly string[] = KINDS.map(({ contentType }) => contentType);

export type FileProblem = 'file-empty' | 'file-type-not-kept' | 'file-content-differs';

/** Why these bytes are not kept as that; undefined when they are. */
export function problemOfFile(contentType: string, bytes: Buffer): FileProblem | undefined {
  const kind = KINDS.find((known) => known.contentType === contentType);
  if (kind === undefined) return 'file-type-not-kept';
  if (bytes.length === 0) return 'file-empty';
  return kind.isOne(bytes) ? undefined : 'file-content-differs';
}

/** A name as it is kept: the last part of a path, without what a terminal or a header would take for more than a letter. */
export function keptName(name: string): string {
  const last = name.normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  return [...last.replaceAll(/\p{C}/gu, '').trim()].slice(0, 200).join('');
}
