export { type ObjectStoreSettings, openObjectStore, readObjectStoreSettings } from './settings.ts';
export { MAX_OBJECT_BYTES, ObjectExists, type ObjectStore, type StoredObject } from './store.ts';
