// What a client still has to pay, where their to-do list shows it. Money is paid at the bank: the list says how much, and finance confirms it.
import { useQuery } from '@tanstack/react-query';
import { useFormat } from '../../format/use-format.ts';
import { Loaded } from '../../parts/page.tsx';
import { useWords } from '../../words/words.ts';
import { invoiceQuery } from '../billing/queries.ts';
import { depositQuery } from './queries.ts';
import { depositWords } from './words.ts';

export function DepositTask({ contractId }: { contractId: string }) {
  const said = useWords(depositWords);
  const format = useFormat();
  const query = useQuery(depositQuery(contractId));
  return (
    <Loaded query={query} what={said.what} rows={1}>
      {({ ledger }) => <p>{said.yourTurn(format.money(ledger?.missing))}</p>}
    </Loaded>
  );
}

export function InvoiceTask({ number }: { number: string }) {
  const said = useWords(depositWords);
  const format = useFormat();
  const query = useQuery(invoiceQuery(number));
  return (
    <Loaded query={query} what={said.toInvoice} rows={1}>
      {({ open, dueOn }) => <p>{said.invoiceTurn(format.money(open), dueOn)}</p>}
    </Loaded>
  );
}
