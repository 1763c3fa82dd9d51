// What follows of a contract in money and was refused: why, since when, what was tried, and for finance the way to have it tried again. Nothing where
// nothing stands aside.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';
import { usePeopleNames } from '../../api/lookups.ts';
import { useFormat } from '../../format/use-format.ts';
import { Panel } from '../../parts/page.tsx';
import { ReasonForm } from '../../parts/reason-form.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { dictionary, useWords } from '../../words/words.ts';

const words = dictionary(
  {
    title: '未能入账',
    since: (when: string) => `${when} 起搁置`,
    about: '保证金、账单到期或结算中的一步被拒绝，这份合同先搁置；其他合同照常进行。改正原因之后再试一次。',
    tried: '试过',
    triedOnce: (when: string, who: string, reason: string) => `${when} ${who}：${reason}`,
    retry: '再试一次',
    retryAbout: '写明现在为什么可以。原因会留存。',
    reason: '原因',
  },
  {
    title: 'Could not be booked',
    since: (when) => `set aside since ${when}`,
    about:
      'A step of the deposit, of an invoice’s due day or of the settlement was refused, so this contract is set aside while all others go on. Put right what stands against it, then try again.',
    tried: 'Tried before',
    triedOnce: (when, who, reason) => `${when} ${who}: ${reason}`,
    retry: 'Try again',
    retryAbout: 'Say why it can go now. The reason is kept.',
    reason: 'Reason',
  },
);

const setAsideQuery = (contractId: string) =>
  queryOptions({
    queryKey: ['billing', 'set-aside', contractId],
    queryFn: () => ask(api.GET('/contracts/{contractId}/set-aside', { params: { path: { contractId } } })),
  });

export function SetAside({ contractId, zone }: { contractId: string; zone: string }) {
  const said = useWords(words);
  const format = useFormat();
  const personName = usePeopleNames();
  const { data } = useQuery(setAsideQuery(contractId));
  if (data?.refused === undefined) return null;
  const { setAside, refused } = data;
  const { retries } = setAside;
  return (
    <div className="columns">
      <Panel title={said.title} about={said.about}>
        <p>
          <StatusMark status="breach">{[refused.title, refused.detail].filter((part) => part !== '').join(' ')}</StatusMark>
        </p>
        <p className="quiet">{said.since(format.instant(setAside.since, zone))}</p>
        {retries.length === 0 ? null : (
          <>
            <h3>{said.tried}</h3>
            <ul className="sentences">
              {retries.map(({ at, userId, reason }) => (
                <li key={at}>{said.triedOnce(format.instant(at, zone), personName(userId), reason)}</li>
              ))}
            </ul>
          </>
        )}
      </Panel>
      <ReasonForm
        key={setAside.since}
        title={said.retry}
        about={said.retryAbout}
        label={said.reason}
        action={said.retry}
        topic="billing"
        send={(reason) => ask(api.POST('/contracts/{contractId}/set-aside/retry', { params: { path: { contractId } }, body: { reason } }))}
      />
    </div>
  );
}
