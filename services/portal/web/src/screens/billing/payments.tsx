// What has settled an invoice, what it still asks for and by when; finance records what came.

import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import type { Invoice } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts, Panel } from '../../parts/page.tsx';
import { useScope } from '../../scope/scope.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { depositWords } from '../deposits/words.ts';

/** Whoever only reads an invoice does not load its calendar. */
const MoneyForm = lazy(async () => ({ default: (await import('../deposits/money-form.tsx')).MoneyForm }));

export function Payments({ invoice }: { invoice: Invoice }) {
  const said = useWords(depositWords);
  const format = useFormat();
  const session = useSession();
  const scope = useScope();
  const due = invoice.dueOn !== '' ? invoice.dueOn : invoice.dueAtVerdict ? said.dueAtVerdict : said.noDue;
  const isOpen = Number(invoice.open?.amount ?? 0) > 0;
  return (
    <div className="columns">
      <Panel title={said.payments}>
        <Facts
          facts={[
            [said.settled, format.money(invoice.settled)],
            [said.openAmount, format.money(invoice.open)],
            [said.due, due],
          ]}
        />
        {invoice.settlements.length === 0 ? null : (
          <DataTable
            caption={said.payments}
            rows={invoice.settlements.map((row, index) => ({ ...row, index }))}
            rowKey={({ index }) => `${index}`}
            columns={[
              {
                key: 'by',
                title: said.entry,
                cell: (row) => {
                  const name = wordFor(said.settledBy, row.by);
                  // What the deposit took off is opened down to its receipts.
                  return row.by === 'deposit' ? <Link to={`/deposits/${invoice.contractId}${scope.search()}`}>{name}</Link> : name;
                },
              },
              { key: 'amount', title: said.amount, number: true, cell: (row) => format.money(row.amount) },
              { key: 'on', title: said.day, cell: (row) => row.settledOn || '—' },
              { key: 'reference', title: said.reference, hideNarrow: true, cell: (row) => row.reference || '—' },
            ]}
          />
        )}
      </Panel>
      {session.role === 'client' || !(isOpen || invoice.settlements.some(({ by }) => by === 'payment')) ? null : (
        <Panel title={said.payment} about={isOpen ? said.paymentAbout(format.money(invoice.open)) : said.paymentAll}>
          <Suspense fallback={null}>
            <MoneyForm
              open={isOpen}
              currency={invoice.currency}
              amount={invoice.open?.amount ?? ''}
              dayLabel={said.paidOn}
              submit={said.payment}
              send={({ amount, on, reference }) =>
                ask(
                  api.POST('/invoices/{number}/payments', {
                    params: { path: { number: invoice.number } },
                    body: { amount: { currency: invoice.currency, amount }, paidOn: on, reference },
                  }),
                )
              }
              done={() => said.recorded2}
            />
          </Suspense>
        </Panel>
      )}
    </div>
  );
}
