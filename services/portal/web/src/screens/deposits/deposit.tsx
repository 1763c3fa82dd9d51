// A contract's deposit: where every cent is, how it came there, and for finance what can be recorded now.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { usePeopleNames } from '../../api/lookups.ts';
import { useShopNames, useZones } from '../../api/queries.ts';
import type { components } from '../../api/schema.d.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { Credit } from './credit.tsx';
import { MoneyForm } from './money-form.tsx';
import { depositQuery, standingQuery } from './queries.ts';
import { Receive } from './receive.tsx';
import { DepositStatus } from './status.tsx';
import { depositWords } from './words.ts';

type Deposit = components['schemas']['Deposit'];
type Money = NonNullable<NonNullable<Deposit['ledger']>['held']>;

export function Screen() {
  const { contractId = '' } = useParams();
  const said = useWords(depositWords);
  const query = useQuery(depositQuery(contractId));
  return (
    <Loaded page query={query} what={said.what}>
      {(deposit) => <DepositPage deposit={deposit} />}
    </Loaded>
  );
}

function DepositPage({ deposit }: { deposit: Deposit }) {
  const said = useWords(depositWords);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const session = useSession();
  const { contractId, ledger } = deposit;
  const missing = amountOf(ledger?.missing);
  const owed = amountOf(ledger?.refundOwed);
  const wasOwed = owed > 0 || amountOf(ledger?.refunded) > 0;
  const currency = ledger?.required?.currency ?? '';
  return (
    <Page
      title={said.titleOf(deposit.contractNumber)}
      about={deposit.shopIds.map(shopName).join(' · ')}
      actions={<Link to={`/contracts/${contractId}${scope.search()}`}>{`${said.contract} ${deposit.contractNumber}`}</Link>}
    >
      <div className="stack">
        {session.role === 'client' && missing > 0 ? (
          <p className="strip" role="status">
            <StatusMark status="risk">{said.yourTurn(format.money(ledger?.missing))}</StatusMark>
          </p>
        ) : null}
        <div className="columns">
          <Panel title={said.state}>
            <Facts
              facts={[
                [said.status, <DepositStatus key="status" status={deposit.status} />],
                [said.required, format.money(ledger?.required)],
                [said.received, format.money(ledger?.received)],
                [said.missing, format.money(ledger?.missing)],
              ]}
            />
            {deposit.status === 'held' ? <Standing contractId={contractId} /> : null}
          </Panel>
          <Panel title={said.equation} about={said.equationAbout}>
            <Equation deposit={deposit} />
          </Panel>
        </div>
        {session.role === 'client' ? null : (
          <div className="columns">
            <Panel title={said.receive} about={said.receiveAbout}>
              <Receive deposit={deposit} />
            </Panel>
            {wasOwed ? (
              <Panel title={said.payOut} about={owed > 0 ? said.payOutAbout(format.money(ledger?.refundOwed)) : said.payOutAll}>
                <MoneyForm
                  open={owed > 0}
                  currency={currency}
                  amount={ledger?.refundOwed?.amount ?? ''}
                  idLabel={said.payoutId}
                  dayLabel={said.paidOn}
                  submit={said.record}
                  send={({ id, amount, on, reference }) =>
                    ask(
                      api.POST('/deposits/{contractId}/payouts', {
                        params: { path: { contractId } },
                        body: { payoutId: id, amount: { currency, amount }, paidOn: on, reference },
                      }),
                    )
                  }
                  done={() => said.recorded2}
                />
              </Panel>
            ) : null}
          </div>
        )}
        <Credit clientId={deposit.clientId} />
        <Panel title={said.ledger}>
          <Ledger deposit={deposit} />
        </Panel>
      </div>
    </Page>
  );
}

/** What would become of it if service ended today. */
function Standing({ contractId }: { contractId: string }) {
  const said = useWords(depositWords);
  const format = useFormat();
  const query = useQuery(standingQuery(contractId));
  return (
    <>
      <h3 style={{ marginTop: 16 }}>{said.standing}</h3>
      <p className="quiet">{said.standingAbout}</p>
      <Loaded query={query} what={said.standing} rows={3}>
        {(standing) => (
          <Facts
            facts={[
              [said.fees, format.money(standing.fees)],
              [said.unpaid, format.money(standing.unpaid)],
              [said.wouldKeep, format.money(standing.kept)],
              [said.wouldRefund, format.money(standing.refund)],
              ...(amountOf(standing.receivable) > 0 ? [[said.receivable, format.money(standing.receivable)] as const] : []),
            ]}
          />
        )}
      </Loaded>
    </>
  );
}

function Equation({ deposit: { ledger } }: { deposit: Deposit }) {
  const said = useWords(depositWords);
  const format = useFormat();
  const parts: [string, Money | undefined][] = [
    [said.held, ledger?.held],
    [said.setOff, ledger?.setOff],
    [said.credited, ledger?.credited],
    [said.kept, ledger?.kept],
    [said.refundOwed, ledger?.refundOwed],
    [said.refunded, ledger?.refunded],
  ];
  // Minor units, so that the comparison is exact.
  const equal = parts.reduce((sum, [, money]) => sum + minorOf(money), 0n) === minorOf(ledger?.received);
  return (
    <>
      <DataTable
        caption={said.equation}
        rows={parts}
        rowKey={([label]) => label}
        columns={[
          { key: 'part', title: said.part, cell: ([label]) => label },
          { key: 'amount', title: said.amount, number: true, cell: ([, money]) => format.money(money) },
        ]}
      />
      <p>
        <StatusMark status={equal ? 'met' : 'breach'}>{`${said.sum} ${equal ? said.equal(format.money(ledger?.received)) : said.unequal}`}</StatusMark>
      </p>
    </>
  );
}

function Ledger({ deposit }: { deposit: Deposit }) {
  const personName = usePeopleNames();
  const said = useWords(depositWords);
  const format = useFormat();
  const scope = useScope();
  const zone = useZones()(deposit.shopIds[0]);
  return (
    <DataTable
      caption={said.ledger}
      rows={deposit.entries}
      rowKey={(entry) => `${entry.event?.position}`}
      columns={[
        { key: 'recorded', title: said.recorded, cell: (entry) => format.instant(entry.recordedAt, zone) },
        {
          key: 'entry',
          title: said.entry,
          cell: (entry) => (
            <p>
              {wordFor(said.entries, entry.kind)}
              {entry.invoiceNumber === '' ? null : (
                <>
                  {' · '}
                  <Link to={`/invoices/${encodeURIComponent(entry.invoiceNumber)}${scope.search()}`}>{entry.invoiceNumber}</Link>
                </>
              )}
            </p>
          ),
        },
        { key: 'amount', title: said.amount, number: true, cell: (entry) => (entry.amount === undefined ? '—' : format.money(entry.amount)) },
        { key: 'on', title: said.day, hideNarrow: true, cell: (entry) => entry.on || '—' },
        { key: 'reference', title: said.reference, hideNarrow: true, cell: (entry) => entry.reference || '—' },
        { key: 'by', title: said.by, hideNarrow: true, cell: (entry) => (entry.userId === '' ? said.byRule : personName(entry.userId)) },
      ]}
    />
  );
}

function amountOf(money: Money | undefined): number {
  return Number(money?.amount ?? 0);
}

function minorOf(money: Money | undefined): bigint {
  return BigInt((money?.amount ?? '0').replace('.', ''));
}
