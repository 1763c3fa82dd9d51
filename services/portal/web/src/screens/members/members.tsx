// Who has access: invite by a one-time link, withdraw with a reason. The link is shown once.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { useShopNames } from '../../api/queries.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Field } from '../../parts/field.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { Invite } from './invite.tsx';
import { memberWords } from './words.ts';

export function Screen() {
  const said = useWords(memberWords);
  const shared = useWords(common);
  const format = useFormat();
  const shopName = useShopNames();
  const [leaving, setLeaving] = useState<{ membershipId: string; name: string }>();
  const query = useQuery({ queryKey: ['access', 'members'], queryFn: () => ask(api.GET('/members')) });
  const statusOf = { active: 'met', invited: 'risk', expired: 'neutral', withdrawn: 'neutral' } as const;
  return (
    <Page title={said.title} about={said.about}>
      <div className="stack">
        <Panel title={said.list}>
          <Loaded query={query} what={said.title}>
            {(data) =>
              data.members.length === 0 ? (
                <Empty>{said.none}</Empty>
              ) : (
                <DataTable
                  caption={said.list}
                  rows={data.members}
                  rowKey={(member) => member.membershipId}
                  columns={[
                    { key: 'name', title: said.name, cell: (member) => <strong>{member.name}</strong> },
                    { key: 'role', title: said.role, cell: (member) => shared.roles[member.role] },
                    {
                      key: 'shops',
                      title: said.shops,
                      hideNarrow: true,
                      cell: (member) => (member.shopIds.length === 0 ? said.allShops : member.shopIds.map(shopName).join('、')),
                    },
                    {
                      key: 'agree',
                      title: said.may,
                      hideNarrow: true,
                      cell: (member) => (member.role !== 'client' ? '—' : member.mayAgree ? said.agree : said.view),
                    },
                    { key: 'state', title: said.state, cell: (member) => <StatusMark status={statusOf[member.state]}>{said.states[member.state]}</StatusMark> },
                    {
                      key: 'since',
                      title: said.since,
                      number: true,
                      hideNarrow: true,
                      cell: (member) => format.instant(member.withdrawnAt || member.acceptedAt || member.invitedAt, browserZone),
                    },
                    {
                      key: 'act',
                      title: <span className="sr-only">{said.withdraw}</span>,
                      cell: (member) =>
                        member.state === 'active' || member.state === 'invited' ? (
                          <button type="button" className="plain" onClick={() => setLeaving(member)} aria-label={`${said.withdraw}: ${member.name}`}>
                            {said.withdraw}
                          </button>
                        ) : (
                          <span className="quiet">{member.withdrawnReason}</span>
                        ),
                    },
                  ]}
                />
              )
            }
          </Loaded>
        </Panel>
        {leaving === undefined ? null : <Withdraw key={leaving.membershipId} member={leaving} done={() => setLeaving(undefined)} />}
        <Invite />
      </div>
    </Page>
  );
}

function Withdraw({ member, done }: { member: { membershipId: string; name: string }; done: () => void }) {
  const said = useWords(memberWords);
  const shared = useWords(common);
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const withdraw = useMutation({
    mutationFn: () =>
      ask(api.POST('/members/{membershipId}/withdraw', { params: { path: { membershipId: member.membershipId } }, body: { reason: reason.trim() } })),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['access'] });
      done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    withdraw.mutate();
  };
  return (
    <Panel title={said.withdrawTitle(member.name)} about={said.withdrawAbout}>
      <form className="form" onSubmit={submit}>
        <Field label={said.reason}>
          {(field) => <Input {...field} autoFocus required maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <Refusal error={withdraw.error} />
        <p className="actions">
          <Button danger htmlType="submit" loading={withdraw.isPending}>
            {said.withdraw}
          </Button>
          <Button onClick={done}>{shared.cancel}</Button>
        </p>
      </form>
    </Panel>
  );
}
