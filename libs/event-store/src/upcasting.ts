// Old event versions are read as today's: an upcaster turns the bytes an older schema wrote into what today's codec decodes.

/** How the events of one type that older schemas wrote are read today. */
export interface Upcaster {
  /** The type's full name as stored. */
  readonly type: string;
  /** The schema version written today (> 1; a type without an upcaster has version 1). */
  readonly version: number;
  /** The same fact as today's schema says it, from the bytes of schema version `from` (< `version`). Pure. */
  upcast(data: Uint8Array, from: number): { readonly type: string; readonly data: Uint8Array };
}

export type Upcasters = ReadonlyMap<string, Upcaster>;

/** Upcasters by the type they read. Throws when a type is named twice. */
export function upcastersOf(list: readonly Upcaster[]): Upcasters {
  const byType = new Map<string, Upcaster>();
  for (const upcaster of list) {
    if (byType.has(upcaster.type)) throw new Error(`two upcasters for ${upcaster.type}`);
    byType.set(upcaster.type, upcaster);
  }
  return byType;
}
