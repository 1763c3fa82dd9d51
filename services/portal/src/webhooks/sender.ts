// Sends what is due, again and again, and removes what was told long ago: durable work of the service. Nothing here leads to an event, so nobody settles on it: an address that does not
// answer holds no close of a month.
import type { BackgroundWork, Kit } from '@deskfleet/service-kit';
import { forgetNotices } from '../notifications/intake.ts';
import type { AddressRules } from './address.ts';
import { forgetDeliveries, settleDelivery, takeDue } from './deliveries.ts';
import { send } from './send.ts';

const TIDY_MS = 3_600_000;

export function webhookSender(kit: Pick<Kit, 'work' | 'now'>, rules: AddressRules, secretOf: (webhookId: string, version: number) => string): BackgroundWork {
  let tidied = 0;
  return {
    name: 'webhooks',
    after: [],
    appends: [],
    async slice() {
      if (kit.now() - tidied > TIDY_MS) {
        await kit.work(async (tx) => {
          await forgetDeliveries(kit.now(), tx);
          await forgetNotices(kit.now(), tx);
        });
        tidied = kit.now();
      }
      const due = await kit.work((tx) => takeDue(kit.now(), tx));
      await Promise.all(
        due.map(async (delivery) => {
          const { url, body, event_id: eventId } = delivery;
          const call = { url, body, eventId, at: kit.now(), secret: secretOf(delivery.webhook_id, delivery.secret_version) };
          const outcome = delivery.status === 'active' ? await send(call, rules) : 'dropped';
          await kit.work((tx) => settleDelivery(delivery, outcome, kit.now(), tx));
        }),
      );
      return due.length > 0;
    },
    pending: async () => 0,
  };
}
