// Where notifications are sent besides: an address, its secret shown once, and how each call went.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import type { Webhook } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Field } from '../../parts/field.tsx';
import { Empty, Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { dictionary, useWords } from '../../words/words.ts';

const words = dictionary(
  {
    title: '通知的接收地址',
    about: '每条通知以签名的 POST 发到您的系统。没有收下的会再发，间隔从 10 秒到 2 小时，24 小时后放弃。',
    list: '已设置的地址',
    none: '还没有设置。',
    url: '地址',
    urlHint: '以 https:// 开头的公网地址。不跟随重定向。',
    set: '开始发送',
    secretTitle: '签名密钥，只显示这一次',
    secretHint: 'X-Deskfleet-Signature 是用它对“时间戳.正文”算出的 HMAC-SHA256（十六进制）。Idempotency-Key 是事件编号，重发时不变。',
    renew: '换新密钥',
    stop: '停用',
    stopReason: '停用原因',
    retry: '重发已放弃的',
    retried: (n: string) => `${n} 条重新排队`,
    waiting: '等待发送',
    givenUp: '已放弃',
    last: '最近收下',
    error: '最近的错误',
    never: '还没有',
    calls: '最近的 50 次',
    noCalls: '还没有发送过。',
    when: '时间',
    kind: '通知',
    state: '结果',
    attempts: '次数',
    status: '对方答复',
    next: '下次',
    states: { waiting: '等待', delivered: '已收下', 'given-up': '已放弃', dropped: '已停用' } as Record<string, string>,
  },
  {
    title: 'Where notifications are sent',
    about: 'Each goes to your system as a signed POST. What is not taken is sent again, 10 seconds to 2 hours apart, and given up after 24 hours.',
    list: 'Addresses',
    none: 'None yet.',
    url: 'Address',
    urlHint: 'On the public Internet, beginning with https://. Redirects are not followed.',
    set: 'Start sending',
    secretTitle: 'The secret, shown this once',
    secretHint:
      'X-Deskfleet-Signature is the hex HMAC-SHA256 under it of "timestamp.body". Idempotency-Key is the event id and stays the same when a call is repeated.',
    renew: 'New secret',
    stop: 'Stop sending',
    stopReason: 'Why it is stopped',
    retry: 'Send again what was given up',
    retried: (n) => `${n} queued again`,
    waiting: 'Waiting',
    givenUp: 'Given up',
    last: 'Last taken',
    error: 'Last error',
    never: 'never',
    calls: 'Latest 50 calls',
    noCalls: 'Nothing was sent yet.',
    when: 'When',
    kind: 'Notification',
    state: 'Outcome',
    attempts: 'Attempts',
    status: 'Answer',
    next: 'Next',
    states: { waiting: 'waiting', delivered: 'taken', 'given-up': 'given up', dropped: 'stopped' },
  },
);

export function Screen() {
  const said = useWords(words);
  const query = useQuery({ queryKey: ['notifications', 'webhooks'], queryFn: () => ask(api.GET('/webhooks')) });
  return (
    <Page title={said.title} about={said.about}>
      <div className="stack">
        <NewWebhook />
        <Loaded query={query} what={said.title}>
          {({ webhooks }) =>
            webhooks.length === 0 ? <Empty>{said.none}</Empty> : webhooks.map((webhook) => <OneWebhook key={webhook.webhookId} webhook={webhook} />)
          }
        </Loaded>
      </div>
    </Page>
  );
}

function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['notifications', 'webhooks'] });
}

function Secret({ secret }: { secret: string }) {
  const said = useWords(words);
  return (
    <div className="once" role="status">
      <p>{said.secretTitle}</p>
      <code>{secret}</code>
      <p className="hint">{said.secretHint}</p>
    </div>
  );
}

function NewWebhook() {
  const said = useWords(words);
  const refresh = useRefresh();
  const [url, setUrl] = useState('');
  const configure = useMutation({
    mutationFn: (wanted: string) => ask(api.POST('/webhooks', { body: { url: wanted } })),
    onSuccess: async () => {
      setUrl('');
      await refresh();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    configure.mutate(url.trim());
  };
  return (
    <Panel title={said.set}>
      <form className="form" onSubmit={submit}>
        <Field label={said.url} hint={said.urlHint}>
          {(field) => <Input {...field} type="url" required maxLength={500} value={url} onChange={(event) => setUrl(event.target.value)} />}
        </Field>
        <Refusal error={configure.error} />
        <p className="actions">
          <Button type="primary" htmlType="submit" loading={configure.isPending}>
            {said.set}
          </Button>
        </p>
        {configure.data === undefined ? null : <Secret secret={configure.data.secret} />}
      </form>
    </Panel>
  );
}

function OneWebhook({ webhook }: { webhook: Webhook }) {
  const said = useWords(words);
  const format = useFormat();
  const refresh = useRefresh();
  const { webhookId } = webhook;
  const path = { params: { path: { webhookId } } };
  const [reason, setReason] = useState('');
  const renew = useMutation({ mutationFn: () => ask(api.POST('/webhooks/{webhookId}/secret', path)) });
  const retry = useMutation({ mutationFn: () => ask(api.POST('/webhooks/{webhookId}/retry', path)), onSuccess: refresh });
  const stop = useMutation({
    mutationFn: () => ask(api.POST('/webhooks/{webhookId}/remove', { ...path, body: { reason: reason.trim() } })),
    onSuccess: refresh,
  });
  const calls = useQuery({ queryKey: ['notifications', 'webhooks', webhookId], queryFn: () => ask(api.GET('/webhooks/{webhookId}/deliveries', path)) });
  return (
    <Panel title={webhook.url}>
      <Facts
        facts={[
          [said.waiting, format.count(webhook.waiting)],
          [
            said.givenUp,
            webhook.givenUp === 0 ? (
              '0'
            ) : (
              <StatusMark key="given-up" status="breach">
                {format.count(webhook.givenUp)}
              </StatusMark>
            ),
          ],
          [said.last, webhook.lastDeliveredAt === 0 ? said.never : format.instant(webhook.lastDeliveredAt, browserZone)],
          [said.error, webhook.lastError === '' ? '—' : webhook.lastError],
        ]}
      />
      <div className="actions">
        <Button loading={renew.isPending} onClick={() => renew.mutate()}>
          {said.renew}
        </Button>
        {webhook.givenUp === 0 ? null : (
          <Button loading={retry.isPending} onClick={() => retry.mutate()}>
            {said.retry}
          </Button>
        )}
        <span role="status">{retry.data === undefined ? '' : said.retried(format.count(retry.data.retried))}</span>
      </div>
      {renew.data === undefined ? null : <Secret secret={renew.data.secret} />}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          stop.mutate();
        }}
      >
        <Field label={said.stopReason}>
          {(field) => <Input {...field} required maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <Refusal error={renew.error ?? retry.error ?? stop.error} />
        <p className="actions">
          <Button danger htmlType="submit" loading={stop.isPending}>
            {said.stop}
          </Button>
        </p>
      </form>
      <Loaded query={calls} what={said.calls}>
        {({ deliveries }) =>
          deliveries.length === 0 ? (
            <Empty>{said.noCalls}</Empty>
          ) : (
            <DataTable
              caption={said.calls}
              rows={deliveries}
              rowKey={(row) => row.eventId}
              columns={[
                { key: 'when', title: said.when, cell: (row) => format.instant(row.createdAt, browserZone) },
                { key: 'kind', title: said.kind, hideNarrow: true, cell: (row) => <code>{row.kind}</code> },
                {
                  key: 'state',
                  title: said.state,
                  cell: (row) => (
                    <StatusMark status={row.state === 'delivered' ? 'met' : row.state === 'given-up' ? 'breach' : row.state === 'waiting' ? 'risk' : 'neutral'}>
                      {said.states[row.state]}
                    </StatusMark>
                  ),
                },
                { key: 'attempts', title: said.attempts, number: true, cell: (row) => format.count(row.attempts) },
                { key: 'status', title: said.status, cell: (row) => (row.lastStatus === 0 ? row.lastError || '—' : `${row.lastStatus}`) },
                { key: 'next', title: said.next, hideNarrow: true, cell: (row) => (row.dueAt === 0 ? '—' : format.instant(row.dueAt, browserZone)) },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
