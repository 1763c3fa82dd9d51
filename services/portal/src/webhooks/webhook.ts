// Where notifications are sent: one address, for the vendor's own people or for one client. Stream: webhook-<id>.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { WebhookConfigured, WebhookRemoved, WebhookSecretRenewed } from '@deskfleet/protocol/access';

export type WebhookEvent = WebhookConfigured | WebhookSecretRenewed | WebhookRemoved;

export function isWebhookEvent(event: UnknownMessage): event is WebhookEvent {
  return [WebhookConfigured.$type, WebhookSecretRenewed.$type, WebhookRemoved.$type].some((type) => type === event.$type);
}

export type Webhook = { readonly status: 'none' } | { readonly status: 'active'; readonly secretVersion: number } | { readonly status: 'removed' };

export type WebhookCommand =
  | { readonly kind: 'configure'; readonly webhookId: string; readonly url: string; readonly clientId: string }
  | { readonly kind: 'renew-secret'; readonly webhookId: string }
  | { readonly kind: 'remove'; readonly webhookId: string; readonly reason: string };

export type WebhookRefusal = 'webhook-not-found' | 'webhook-removed';

export const webhook: Decider<WebhookCommand, WebhookEvent, Webhook, WebhookRefusal> = {
  initial: { status: 'none' },

  evolve(_webhook, event) {
    switch (event.$type) {
      case 'deskfleet.access.v1.WebhookConfigured':
        return { status: 'active', secretVersion: 1 };
      case 'deskfleet.access.v1.WebhookSecretRenewed':
        return { status: 'active', secretVersion: event.secretVersion };
      case 'deskfleet.access.v1.WebhookRemoved':
        return { status: 'removed' };
    }
  },

  decide(state, command) {
    switch (command.kind) {
      case 'configure': {
        if (state.status !== 'none') return accept();
        const { webhookId, url, clientId } = command;
        return accept(WebhookConfigured.create({ webhookId, url, clientId }));
      }
      case 'renew-secret':
        if (state.status === 'none') return refuse('webhook-not-found');
        if (state.status === 'removed') return refuse('webhook-removed');
        return accept(WebhookSecretRenewed.create({ webhookId: command.webhookId, secretVersion: state.secretVersion + 1 }));
      case 'remove':
        if (state.status === 'none') return refuse('webhook-not-found');
        if (state.status === 'removed') return accept();
        return accept(WebhookRemoved.create({ webhookId: command.webhookId, reason: command.reason }));
    }
  },
};
