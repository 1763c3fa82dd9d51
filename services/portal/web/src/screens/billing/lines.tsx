// Invoice lines as a table: what, how many, at what price, how much, by which rule.
import { useShopNames } from '../../api/queries.ts';
import type { InvoiceLine } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { billingWords } from './words.ts';

export const lineId = (line: InvoiceLine): string => [line.key, line.shopId, line.clauseKey].join('|');

export function useLineName(): (line: InvoiceLine) => string {
  const terms = useWords(domain);
  const shopName = useShopNames();
  // One of several credits is told apart by its shop.
  const credit = (line: InvoiceLine) =>
    line.key.startsWith('sla.credit.')
      ? [terms.lines['sla.credit'], line.shopId === '' ? '' : shopName(line.shopId)].filter((part) => part !== '').join(' · ')
      : undefined;
  const lateFee = (line: InvoiceLine) => (line.invoiceNumber === '' ? undefined : `${wordFor(terms.lines, 'late-fee')} · ${line.invoiceNumber}`);
  return (line) => terms.lines[line.key] ?? credit(line) ?? lateFee(line) ?? (line.description === '' ? line.key : line.description);
}

export function LineTable({
  caption,
  lines,
  total,
}: {
  caption: string;
  lines: readonly InvoiceLine[];
  total: { currency: string; amount: string } | undefined;
}) {
  const said = useWords(billingWords);
  const terms = useWords(domain);
  const format = useFormat();
  const name = useLineName();
  return (
    <DataTable
      caption={caption}
      rows={lines}
      rowKey={lineId}
      columns={[
        {
          key: 'line',
          title: said.line,
          cell: (line) => (
            <>
              <strong>{name(line)}</strong>
              {line.clauseKey === '' ? null : <span className="quiet"> · {wordFor(terms.metrics, line.clauseKey)}</span>}
            </>
          ),
        },
        { key: 'quantity', title: said.quantity, number: true, cell: (line) => format.count(line.quantity) },
        { key: 'price', title: said.unitPrice, number: true, hideNarrow: true, cell: (line) => format.count(line.unitPrice) },
        { key: 'amount', title: said.amount, number: true, cell: (line) => format.money(line.amount) },
        { key: 'rule', title: said.rule, hideNarrow: true, cell: (line) => said.ruleText(line.rule) },
      ]}
      footer={
        <tr>
          <th scope="row">{said.sum}</th>
          <td />
          <td className="hide-narrow" />
          <td className="number">{format.money(total)}</td>
          <td className="hide-narrow" />
        </tr>
      }
    />
  );
}
