// Sealed personal data: what a service needs to seal fields of its events and to keep the keys apart from them.
export { openKeyDatabase } from './key-database.ts';
export { type DestroyedSubject, Keyring, nameKey, type SubjectIdentity, type SubjectName } from './keyring.ts';
export { ensureMasterKeyFile, type MasterKey, masterKey, readMasterKey } from './master-key.ts';
export { fingerprint, open, type SealedPlace, type SubjectKey, seal } from './seal.ts';
