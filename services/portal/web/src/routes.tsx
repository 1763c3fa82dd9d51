// One tree of pages. Each screen is its own chunk; what a role may not see answers as not existing.
import { createBrowserRouter, type LoaderFunctionArgs, type RouteObject } from 'react-router';
import { Crashed, NotFound } from './shell/error-pages.tsx';
import { Shell } from './shell/shell.tsx';

/** A screen whose first answer takes a while begins to ask in its loader, which waits for nothing. */
type Screen = () => Promise<{ Screen: React.ComponentType; loader?: (args: LoaderFunctionArgs) => null }>;

const page = (path: string, load: Screen): RouteObject => ({
  path,
  lazy: async () => {
    const { Screen, loader } = await load();
    return loader === undefined ? { Component: Screen } : { Component: Screen, loader };
  },
});

export const router = createBrowserRouter([
  page('/sign-in', () => import('./screens/sign-in/sign-in.tsx')),
  page('/invitations/:token', () => import('./screens/sign-in/invitation.tsx')),
  {
    path: '/',
    element: <Shell />,
    errorElement: <Crashed />,
    children: [
      {
        errorElement: <Crashed />,
        children: [
          { index: true, lazy: async () => ({ Component: (await import('./screens/home/home.tsx')).Screen }) },
          page('floor', () => import('./screens/floor/floor.tsx')),
          page('onboarding', () => import('./screens/board/board.tsx')),
          page('tasks', () => import('./screens/tasks/tasks.tsx')),
          page('notifications', () => import('./screens/notifications/notifications.tsx')),
          page('webhooks', () => import('./screens/notifications/webhooks.tsx')),
          page('shops', () => import('./screens/shops/shops.tsx')),
          page('leads', () => import('./screens/leads/leads.tsx')),
          page('leads/:leadId', () => import('./screens/leads/lead.tsx')),
          page('quotes/:quoteId', () => import('./screens/leads/quote.tsx')),
          page('contracts/new', () => import('./screens/contracts/new-contract.tsx')),
          page('contracts/:contractId', () => import('./screens/contracts/contract.tsx')),
          page('contracts/:contractId/onboarding', () => import('./screens/launch/launch.tsx')),
          page('contracts/:contractId/terms', () => import('./screens/contracts/terms.tsx')),
          page('contracts/:contractId/sign', () => import('./screens/contracts/sign.tsx')),
          page('contracts/:contractId/sla', () => import('./screens/sla/contract-sla.tsx')),
          page('contracts/:contractId/sla/:clauseKey', () => import('./screens/sla/contract-sla.tsx')),
          page('contracts/:contractId/sla/:clauseKey/clocks', () => import('./screens/sla/clocks.tsx')),
          page('contracts/:contractId/billing', () => import('./screens/billing/accrual.tsx')),
          page('contracts/:contractId/questions', () => import('./screens/care/questions.tsx')),
          page('contracts/:contractId/supervision', () => import('./screens/care/supervision.tsx')),
          page('contracts/:contractId/meetings', () => import('./screens/care/meetings.tsx')),
          page('questions', () => import('./screens/care/questions.tsx')),
          page('questions/:questionId', () => import('./screens/care/question.tsx')),
          page('shops/:shopId/knowledge', () => import('./screens/care/knowledge.tsx')),
          page('staffing', () => import('./screens/staffing/staffing.tsx')),
          page('staffing/:shopId', () => import('./screens/staffing/shop-duty.tsx')),
          page('shifts', () => import('./screens/staffing/shifts.tsx')),
          page('sla', () => import('./screens/sla/contracts-sla.tsx')),
          page('breaches/:breachId', () => import('./screens/sla/breach.tsx')),
          page('conversations', () => import('./screens/conversations/conversations.tsx')),
          page('conversations/:conversationId', () => import('./screens/conversations/conversation.tsx')),
          page('conversations/:conversationId/messages/:messageId', () => import('./screens/conversations/conversation.tsx')),
          page('imports', () => import('./screens/imports/imports.tsx')),
          page('imports/:importId', () => import('./screens/imports/import.tsx')),
          page('accounts', () => import('./screens/accounts/accounts.tsx')),
          page('members', () => import('./screens/members/members.tsx')),
          page('personal-data', () => import('./screens/personal-data/personal-data.tsx')),
          page('samples', () => import('./screens/quality/samples.tsx')),
          page('samples/:sampleId', () => import('./screens/quality/sample.tsx')),
          page('next', () => import('./screens/quality/next.tsx')),
          page('assignments/:assignmentId', () => import('./screens/quality/desk.tsx')),
          page('findings', () => import('./screens/quality/findings.tsx')),
          page('inspections', () => import('./screens/quality/inspections.tsx')),
          page('inspections/:assignmentId', () => import('./screens/quality/inspection.tsx')),
          page('billing', () => import('./screens/billing/billing.tsx')),
          page('invoices', () => import('./screens/billing/invoices.tsx')),
          page('invoices/:number', () => import('./screens/billing/invoice.tsx')),
          page('invoices/:number/lines/:lineKey', () => import('./screens/billing/invoice.tsx')),
          page('invoices/:number/lines/:lineKey/days/:date', () => import('./screens/billing/invoice.tsx')),
          page('deposits', () => import('./screens/deposits/deposits.tsx')),
          page('deposits/:contractId', () => import('./screens/deposits/deposit.tsx')),
          page('close', () => import('./screens/billing/close.tsx')),
          page('system', () => import('./screens/system/system.tsx')),
          page('system/services/:service', () => import('./screens/system/service.tsx')),
          page('system/parked/:heldId', () => import('./screens/system/held.tsx')),
          page('system/events/:source/:position', () => import('./screens/system/event.tsx')),
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
  },
]);
