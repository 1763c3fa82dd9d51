// Who it is about, by buyer id or by conversation, and what forbids to erase them. Asked by POST: a buyer id stands in no address and no log.
import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { usePeopleNames } from '../../api/lookups.ts';
import { useShopNames } from '../../api/queries.ts';
import type { Person } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { ShopChoice } from '../../parts/chooser.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Loaded, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { Decide } from './decide.tsx';
import { shortSubject } from './queries.ts';
import { personalDataWords } from './words.ts';

/** Whom a request is about, as the API takes it. */
export type Asked = { conversationId: string } | { shopId: string; buyerId: string; channel: string };

export function FindPerson() {
  const said = useWords(personalDataWords);
  const [params] = useSearchParams();
  const from = params.get('conversation') ?? '';
  const [way, setWay] = useState<'buyer' | 'conversation'>(from === '' ? 'buyer' : 'conversation');
  const [shopId, setShopId] = useState('');
  const [channel, setChannel] = useState('');
  const [buyerId, setBuyerId] = useState('');
  const [conversationId, setConversationId] = useState(from);
  const [asked, setAsked] = useState<Asked>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(way === 'conversation' ? { conversationId: conversationId.trim() } : { shopId, buyerId: buyerId.trim(), channel: channel.trim() });
  };
  return (
    <Panel title={said.find} about={said.findAbout}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.by}>
            {(field) => (
              <Choice
                described={field}
                value={way}
                onChange={setWay}
                options={(['buyer', 'conversation'] as const).map((one) => [one, said.ways[one] ?? one] as const)}
              />
            )}
          </Field>
          {way === 'conversation' ? (
            <Field label={said.conversation} hint={said.conversationHint}>
              {(field) => <Input {...field} required maxLength={200} value={conversationId} onChange={(event) => setConversationId(event.target.value)} />}
            </Field>
          ) : (
            <>
              <Field label={said.shop}>
                {(field) => <ShopChoice described={field} value={shopId} empty={said.chooseShop} onChange={(shop) => setShopId(shop?.shopId ?? '')} />}
              </Field>
              <Field label={said.buyer} hint={said.buyerHint}>
                {(field) => (
                  <Input {...field} required maxLength={200} autoComplete="off" value={buyerId} onChange={(event) => setBuyerId(event.target.value)} />
                )}
              </Field>
              <Field label={said.channel} hint={said.channelHint}>
                {(field) => <Input {...field} maxLength={100} value={channel} onChange={(event) => setChannel(event.target.value)} />}
              </Field>
            </>
          )}
        </div>
        <p>
          <Button type="primary" htmlType="submit">
            {said.look}
          </Button>
        </p>
      </form>
      {asked === undefined ? null : <Found key={JSON.stringify(asked)} asked={asked} />}
    </Panel>
  );
}

function Found({ asked }: { asked: Asked }) {
  const said = useWords(personalDataWords);
  const format = useFormat();
  const query = useQuery({
    queryKey: ['conversations', 'personal-data', 'found', asked],
    queryFn: () => ask(api.POST('/persons/find', { body: asked })),
    staleTime: 0,
    gcTime: 0, // a buyer id is not kept in memory longer than it is looked at
  });
  return (
    <Loaded query={query} what={said.find} rows={2}>
      {({ persons }) => (
        <div className="stack">
          <h3 role="status">{persons.length === 0 ? said.nobody : said.found(format.count(persons.length))}</h3>
          {persons.map((person) => (
            <Standing key={person.subjectId} person={person} />
          ))}
          {persons.length === 0 ? null : <Decide asked={asked} persons={persons} />}
        </div>
      )}
    </Loaded>
  );
}

/** How it stands with one of those found: what is kept, and what forbids to erase it. */
function Standing({ person }: { person: Person }) {
  const said = useWords(personalDataWords);
  const format = useFormat();
  const shopName = useShopNames();
  const decider = usePeopleNames();
  return (
    <div className="stack">
      <p>
        <strong>{said.person(shortSubject(person.subjectId))}</strong> ·{' '}
        {said.keptOf(format.count(person.conversations), person.shopIds.map(shopName).join(said.and))}
      </p>
      {person.erasure !== undefined ? (
        <p>
          <StatusMark status="neutral">{said.erasedAlready}</StatusMark>
        </p>
      ) : person.holds.length === 0 ? (
        <p>
          <StatusMark status="met">{said.free}</StatusMark>
        </p>
      ) : (
        <>
          <p>
            <StatusMark status="breach">{said.held(format.count(person.holds.length))}</StatusMark>
          </p>
          <ul>
            {person.holds.map((hold) => (
              <li key={hold.holdId}>
                {hold.shopId === '' ? said.onPerson : said.onShop(shopName(hold.shopId))}：{hold.reason}{' '}
                <span className="quiet">{said.since(format.instant(hold.placedAt, browserZone), decider(hold.placedBy))}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
