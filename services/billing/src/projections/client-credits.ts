// What each client can still spend, by currency.
import { ClientCreditApplied, ClientCreditGranted, ClientCreditPaidOut } from '@deskfleet/protocol/billing';
import type { SqlProjection } from '@deskfleet/read-model';
import { sql } from 'kysely';

export const clientCredits: SqlProjection<ClientCreditGranted | ClientCreditApplied | ClientCreditPaidOut> = {
  name: 'client_credits',
  version: 1,
  types: [ClientCreditGranted, ClientCreditApplied, ClientCreditPaidOut],

  async write(events, tx) {
    for (const { event, meta, recordedAt } of events) {
      const minor = (event.amount?.minor ?? 0) * (event.$type === ClientCreditGranted.$type ? 1 : -1);
      await sql`
        insert into client_credits (vendor_id, client_id, currency, balance, since)
        values (${meta.vendorId}, ${event.clientId}, ${event.amount?.currency ?? ''}, ${minor}, ${recordedAt})
        on conflict (vendor_id, client_id, currency) do update set balance = client_credits.balance + excluded.balance`.execute(tx);
    }
  },
};
