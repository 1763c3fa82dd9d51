// The webhooks that are there, as the desk lists them and as notices find their way out.
import { WebhookConfigured, WebhookRemoved, WebhookSecretRenewed } from '@deskfleet/protocol/access';
import type { RowProjection } from '@deskfleet/read-model';
import type { WebhookEvent } from './webhook.ts';

export interface WebhookRow {
  readonly webhook_id: string;
  readonly url: string;
  /** Empty: the vendor's. */
  readonly client_id: string;
  readonly secret_version: number;
  readonly status: 'active' | 'removed';
  readonly configured_by: string;
  readonly configured_at: number;
}

export const webhooks: RowProjection<WebhookEvent, WebhookRow> = {
  name: 'webhooks',
  version: 1,
  types: [WebhookConfigured, WebhookSecretRenewed, WebhookRemoved],
  columns: `
    webhook_id text not null, url text not null, client_id text not null, secret_version integer not null, status text not null,
    configured_by text not null, configured_at bigint not null`,
  keyColumns: ['webhook_id'],
  keys: ({ event }) => [{ webhook_id: event.webhookId }],
  apply(row, { event, meta, occurredAt }) {
    switch (event.$type) {
      case 'deskfleet.access.v1.WebhookConfigured':
        return {
          webhook_id: event.webhookId,
          url: event.url,
          client_id: event.clientId,
          secret_version: 1,
          status: 'active',
          configured_by: meta.actor?.id ?? '',
          configured_at: occurredAt,
        };
      case 'deskfleet.access.v1.WebhookSecretRenewed':
        return row && { ...row, secret_version: event.secretVersion };
      case 'deskfleet.access.v1.WebhookRemoved':
        return row && { ...row, status: 'removed' };
    }
  },
};
