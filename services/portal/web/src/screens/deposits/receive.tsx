// Confirming that money came for a deposit, from the list and from its own page.
import { api, ask } from '../../api/http.ts';
import type { components } from '../../api/schema.d.ts';
import { useFormat } from '../../format/use-format.ts';
import { useWords } from '../../words/words.ts';
import { MoneyForm } from './money-form.tsx';
import { depositWords } from './words.ts';

export function Receive({ deposit: { contractId, ledger } }: { deposit: components['schemas']['Deposit'] }) {
  const said = useWords(depositWords);
  const format = useFormat();
  const currency = ledger?.required?.currency ?? '';
  const missing = Number(ledger?.missing?.amount ?? 0) > 0 ? (ledger?.missing?.amount ?? '') : '';
  return (
    <MoneyForm
      key={contractId}
      currency={currency}
      amount={missing}
      idLabel={said.receiptId}
      dayLabel={said.receivedOn}
      submit={said.confirm}
      send={({ id, amount, on, reference }) =>
        ask(
          api.POST('/deposits/{contractId}/receipts', {
            params: { path: { contractId } },
            body: { receiptId: id, amount: { currency, amount }, receivedOn: on, reference },
          }),
        )
      }
      done={(answer) => (Number(answer.ledger?.missing?.amount ?? 0) > 0 ? said.confirmed(format.money(answer.ledger?.missing)) : said.confirmedAll)}
    />
  );
}
