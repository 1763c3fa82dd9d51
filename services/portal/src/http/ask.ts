// A call to a service whose refusal comes back as a value the portal can show.
import { Refusal as RefusalMessage } from '@deskfleet/protocol/platform';
import { type CallOptions, ClientError, type Metadata, type Status } from 'nice-grpc-common';

const REFUSAL_TRAILER = 'deskfleet-refusal-bin';

export type Facts = Readonly<Record<string, unknown>>;

/** A service said no: with its stable code and the facts that explain it. */
export class Refusal extends Error {
  readonly code: string;
  readonly facts: Facts;
  readonly status: Status;

  constructor(code: string, facts: Facts, status: Status) {
    super(code);
    this.code = code;
    this.facts = facts;
    this.status = status;
  }
}

/** Runs one call; a refused one throws `Refusal`, anything else what gRPC threw. */
export async function ask<Answer>(call: (options: CallOptions) => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
  let trailer: Metadata | undefined;
  const onTrailer = (received: Metadata) => {
    trailer = received;
  };
  try {
    return await call(signal === undefined ? { onTrailer } : { onTrailer, signal });
  } catch (error) {
    const bytes = trailer?.get(REFUSAL_TRAILER);
    if (error instanceof ClientError && bytes instanceof Uint8Array) {
      const { code, factsJson } = RefusalMessage.decode(bytes);
      throw new Refusal(code, factsOf(factsJson), error.code);
    }
    throw error;
  }
}

function factsOf(json: string): Facts {
  const facts: unknown = json === '' ? {} : JSON.parse(json);
  return typeof facts === 'object' && facts !== null ? (facts as Facts) : {};
}
