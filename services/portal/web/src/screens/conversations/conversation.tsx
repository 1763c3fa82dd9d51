// A conversation: what was said, whose clock ran, which second decided. Every message has its own address.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { agentsQuery, useShopNames, useZones } from '../../api/queries.ts';
import { isVendor, useSession } from '../../api/session.ts';
import type { Conversation } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStreamClock } from '../../live/stream.ts';
import { useKeys } from '../../parts/keys.ts';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { useScope } from '../../scope/scope.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { shortId } from './conversations.tsx';
import { Ribbon } from './ribbon.tsx';
import { Transcript } from './transcript.tsx';
import { conversationWords } from './words.ts';

export function Screen() {
  const { conversationId = '' } = useParams();
  const said = useWords(conversationWords);
  const query = useQuery({
    queryKey: ['conversations', 'one', conversationId],
    queryFn: () => ask(api.GET('/conversations/{conversationId}', { params: { path: { conversationId } } })),
  });
  return (
    <Loaded page query={query} what={said.what} rows={10}>
      {(conversation) => <ConversationPage key={conversationId} conversation={conversation} conversationId={conversationId} />}
    </Loaded>
  );
}

function ConversationPage({ conversation, conversationId }: { conversation: Conversation; conversationId: string }) {
  const said = useWords(conversationWords);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const session = useSession();
  const navigate = useNavigate();
  const { messageId } = useParams();
  const shopName = useShopNames();
  const zoneOf = useZones();
  const { now } = useStreamClock();
  const [trueScale, setTrueScale] = useState(false);
  const vendor = isVendor(session.role);
  const ribbon = useQuery({
    queryKey: ['sla', 'ribbon', conversationId],
    queryFn: () => ask(api.GET('/conversations/{conversationId}/ribbon', { params: { path: { conversationId } } })),
  });
  const findings = useQuery({
    queryKey: ['qa', 'findings', conversationId],
    queryFn: () => ask(api.GET('/findings', { params: { query: { conversationId } } })),
    enabled: vendor,
  });
  const agents = useQuery({ ...agentsQuery, enabled: vendor });
  const shopId = conversation.summary?.shopId ?? '';
  const zone = ribbon.data?.zone || zoneOf(shopId);
  const accounts = useQuery({
    queryKey: ['people', 'accounts-of', shopId],
    queryFn: () => ask(api.GET('/accounts', { params: { query: { shopIds: [shopId], size: 200 } } })),
    enabled: vendor && shopId !== '',
  });
  // Who an account was at that moment; the account itself where nobody owns it.
  const names = (account: string, at: number) => {
    const mapping = accounts.data?.accounts
      .find((one) => one.account === account)
      ?.mappings.find((span) => span.fromAt <= at && (span.toAt === 0 || at < span.toAt));
    if (mapping?.party === 'shop-staff') return wordFor(terms.senders, 'shop-staff');
    return agents.data?.agents.find((agent) => agent.agentId === (mapping?.agentId ?? account))?.name ?? account;
  };

  // What n and p walk: messages where a clock broke or a finding hangs.
  const stops = conversation.messages
    .filter(
      (message) =>
        (findings.data?.findings ?? []).some((finding) => finding.messageId === message.messageId) ||
        (ribbon.data?.rows ?? []).some(({ clock }) => clock?.state === 'missed' && (clock.stoppedAt === message.sentAt || clock.startedAt === message.sentAt)),
    )
    .map((message) => message.messageId);
  const go = (step: 1 | -1) => {
    const order = conversation.messages.map((message) => message.messageId);
    const here = messageId === undefined ? (step === 1 ? -1 : order.length) : order.indexOf(messageId);
    const ahead = stops.filter((id) => (order.indexOf(id) - here) * step > 0);
    const next = step === 1 ? ahead[0] : ahead.at(-1);
    if (next !== undefined) void navigate(`/conversations/${conversationId}/messages/${encodeURIComponent(next)}${scope.search()}`, { replace: true });
  };
  useKeys({ n: () => go(1), p: () => go(-1) });

  return (
    <Page
      title={said.pageTitle(shopName(shopId), shortId(conversationId))}
      about={[
        wordFor(terms.platforms, conversation.summary?.channel ?? ''),
        wordFor(terms.scope, conversation.summary?.serviceType ?? ''),
        said.customer(conversation.customerName),
        zone,
      ]
        .filter((part) => part !== '')
        .join(' · ')}
      actions={
        <>
          {vendor && shopId !== '' ? <Link to={`/questions${scope.search({ ask: conversationId, of: shopId })}`}>{said.askOwner}</Link> : null}
          {session.role === 'vendor-operations' ? (
            <Link to={`/personal-data${scope.search({ conversation: conversationId })}`}>{said.eraseCustomer}</Link>
          ) : null}
        </>
      }
    >
      <div className="stack">
        <Panel
          title={said.ribbon}
          about={said.ribbonAbout}
          actions={
            <button type="button" className="plain" aria-pressed={trueScale} onClick={() => setTrueScale(!trueScale)}>
              {trueScale ? said.evenScale : said.trueScale}
            </button>
          }
        >
          <Loaded query={ribbon} what={said.whatRibbon} rows={2}>
            {(data) =>
              data.notOursReason !== '' ? (
                <Empty>{said.notOurs(wordFor(terms.reasons, data.notOursReason))}</Empty>
              ) : data.rows.length === 0 ? (
                <Empty>{said.noClocks}</Empty>
              ) : (
                data.rows.map((row) => <Ribbon key={`${row.clock?.clauseKey}|${row.clock?.round}`} row={row} zone={zone} now={now} trueScale={trueScale} />)
              )
            }
          </Loaded>
        </Panel>
        <Panel title={`${said.transcript} · ${format.count(conversation.messages.length)}`} about={stops.length === 0 ? undefined : said.previousNext}>
          <Transcript conversation={conversation} ribbon={ribbon.data} findings={findings.data?.findings ?? []} zone={zone} chosen={messageId} names={names} />
        </Panel>
      </div>
    </Page>
  );
}
