// Who may not be erased, and why: holds of single customers and of whole shops; released with a reason, placed on a shop.
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { usePeopleNames } from '../../api/lookups.ts';
import { useShopNames } from '../../api/queries.ts';
import type { LegalHold } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { ShopChoice } from '../../parts/chooser.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Field } from '../../parts/field.tsx';
import { Empty, Loaded, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { shortSubject, useAskAnew } from './queries.ts';
import { personalDataWords } from './words.ts';

const MOST_CHARACTERS = 500;

export function Holds() {
  const said = useWords(personalDataWords);
  const shared = useWords(common);
  const format = useFormat();
  const decider = usePeopleNames();
  const shopName = useShopNames();
  const [releasing, setReleasing] = useState<LegalHold>();
  const query = useInfiniteQuery({
    queryKey: ['conversations', 'personal-data', 'holds'],
    queryFn: ({ pageParam }) => ask(api.GET('/legal-holds', { params: { query: { size: 200, ...(pageParam === '' ? {} : { token: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  const on = (hold: LegalHold): string => (hold.shopId === '' ? said.person(shortSubject(hold.subjectId)) : said.onShop(shopName(hold.shopId)));
  return (
    <>
      <Panel title={said.holds} about={said.holdsAbout}>
        <Loaded query={query} what={said.holds}>
          {({ pages }) => {
            const rows = pages.flatMap(({ holds }) => holds);
            return rows.length === 0 ? (
              <Empty>{said.noHolds}</Empty>
            ) : (
              <>
                <DataTable
                  caption={said.holds}
                  rows={rows}
                  rowKey={(hold) => hold.holdId}
                  columns={[
                    { key: 'on', title: said.scope, cell: on },
                    { key: 'reason', title: said.reason, cell: (hold) => hold.reason || said.gone },
                    {
                      key: 'state',
                      title: said.state,
                      cell: (hold) =>
                        hold.releasedAt === 0 ? (
                          <StatusMark status="risk">{said.stands}</StatusMark>
                        ) : (
                          <>
                            <StatusMark status="neutral">{said.released}</StatusMark> <span className="quiet">{hold.releaseReason || said.gone}</span>
                          </>
                        ),
                    },
                    {
                      key: 'act',
                      title: <span className="sr-only">{said.release}</span>,
                      cell: (hold) =>
                        hold.releasedAt === 0 ? (
                          <button type="button" className="plain" onClick={() => setReleasing(hold)} aria-label={`${said.release}: ${on(hold)}`}>
                            {said.release}
                          </button>
                        ) : null,
                    },
                    { key: 'since', title: said.when, number: true, hideNarrow: true, cell: (hold) => format.instant(hold.placedAt, browserZone) },
                    { key: 'who', title: said.who, hideNarrow: true, cell: (hold) => decider(hold.placedBy) },
                  ]}
                />
                {query.hasNextPage ? (
                  <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {shared.more}
                  </Button>
                ) : null}
              </>
            );
          }}
        </Loaded>
      </Panel>
      {releasing === undefined ? null : <Release key={releasing.holdId} hold={releasing} about={on(releasing)} done={() => setReleasing(undefined)} />}
      <HoldShop />
    </>
  );
}

function Release({ hold, about, done }: { hold: LegalHold; about: string; done: () => void }) {
  const said = useWords(personalDataWords);
  const shared = useWords(common);
  const askAnew = useAskAnew();
  const [reason, setReason] = useState('');
  const release = useMutation({
    mutationFn: () => ask(api.POST('/legal-holds/{holdId}/release', { params: { path: { holdId: hold.holdId } }, body: { reason: reason.trim() } })),
    onSuccess: async () => {
      await askAnew();
      done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    release.mutate();
  };
  return (
    <Panel title={`${said.releaseTitle}: ${about}`} about={said.releaseAbout}>
      <form className="form" onSubmit={submit}>
        <Field label={said.reason}>
          {(field) => <Input {...field} autoFocus required maxLength={MOST_CHARACTERS} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <Refusal error={release.error} />
        <p className="actions">
          <Button htmlType="submit" loading={release.isPending}>
            {said.release}
          </Button>
          <Button onClick={done}>{shared.cancel}</Button>
        </p>
      </form>
    </Panel>
  );
}

function HoldShop() {
  const said = useWords(personalDataWords);
  const askAnew = useAskAnew();
  const [shopId, setShopId] = useState('');
  const [reason, setReason] = useState('');
  const place = useMutation({
    mutationFn: () => ask(api.POST('/legal-holds', { body: { shopId, reason: reason.trim() } })),
    onSuccess: async () => {
      setReason('');
      await askAnew();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    place.mutate();
  };
  return (
    <Panel title={said.ofShop} about={said.ofShopAbout}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.shop}>
            {(field) => <ShopChoice described={field} value={shopId} empty={said.chooseShop} onChange={(shop) => setShopId(shop?.shopId ?? '')} />}
          </Field>
          <Field label={said.reason} wide>
            {(field) => <Input {...field} required maxLength={MOST_CHARACTERS} value={reason} onChange={(event) => setReason(event.target.value)} />}
          </Field>
        </div>
        <Refusal error={place.error} />
        <p className="actions">
          <Button htmlType="submit" loading={place.isPending}>
            {said.place}
          </Button>
        </p>
        <p role="status">{place.isSuccess ? said.holdPlaced : ''}</p>
      </form>
    </Panel>
  );
}
