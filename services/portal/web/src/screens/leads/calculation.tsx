// A quote with how it was computed beside the price, and its versions side by side: the vendor and the client read the same.
import { Link } from 'react-router';
import { useFormat } from '../../format/use-format.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Facts, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { domain, wordFor } from '../../words/domain.ts';
import { useLocale, useWords } from '../../words/words.ts';
import type { LeadQuote, Quote, ShopProfile } from './queries.ts';
import { ruleOf } from './rules.ts';
import { leadWords } from './words.ts';

/** What is asked for: fee, usage, deposit, trial, people. */
export function PriceFacts({ quote }: { quote: Quote }) {
  const said = useWords(leadWords);
  return (
    <Facts
      facts={priceRows(useWords(leadWords), useFormat(), useWords(domain), useLocale(), quote)
        .map(([, term, value]) => [term, value] as const)
        .concat([[said.validUntil, said.validTo(quote.validUntil, quote.zone)]])}
    />
  );
}

type Row = readonly [key: string, term: string, value: string];

function priceRows(
  said: typeof leadWords.zh,
  format: ReturnType<typeof useFormat>,
  terms: typeof domain.zh,
  locale: 'zh' | 'en',
  { monthlyFee, usage, deposit, trialDays, agents, estimate }: Quote,
): Row[] {
  const excluded = usage?.exclusions.map((one) => wordFor(terms.exclusions, one)).join(locale === 'zh' ? '、' : ', ');
  const currency = estimate?.currency ?? '';
  // What is not counted says so: alone it would read as all that is.
  const counted = usage?.exclusions.every((one) => one === 'none') ? excluded : `${said.exclusions}${locale === 'zh' ? '：' : ': '}${excluded}`;
  const price = usage === undefined ? said.none0 : `${format.money({ currency, amount: usage.unitPrice })} / ${wordFor(terms.units, usage.unit)} · ${counted}`;
  return [
    ['fee', said.monthlyFee, monthlyFee === undefined ? said.none0 : format.money(monthlyFee)],
    ['usage', said.usage, price],
    ['estimate', said.estimate, format.money(estimate)],
    ['deposit', said.deposit, deposit === undefined ? said.none0 : format.money(deposit)],
    ['trial', said.trialDays, trialDays === 0 ? said.none0 : said.days(format.count(trialDays))],
    ['agents', said.agents, said.people(format.count(agents))],
  ];
}

/** What the price was computed from, and each step of it. */
export function Calculation({ quote }: { quote: Quote }) {
  const said = useWords(leadWords);
  const format = useFormat();
  const locale = useLocale();
  const name = (shopId: string): string => quote.profiles.find((profile) => profile.shopId === shopId)?.name ?? '';
  return (
    <>
      <h3>{said.basis}</h3>
      <ul className="sentences">
        {quote.profiles.map((profile) => (
          <li key={profile.shopId}>{profileSentence(said, format, profile, locale)}</li>
        ))}
        <li>
          {[wordFor(said.coverages, quote.coverage), wordFor(said.engagements, quote.engagement), quote.separated ? said.separated : said.together].join(' · ')}
        </li>
      </ul>
      <h3>{said.calculation}</h3>
      <DataTable
        caption={said.calculation}
        rows={quote.steps}
        rowKey={(step) => `${step.key}|${step.shopId}`}
        columns={[
          {
            key: 'step',
            title: said.step,
            cell: (step) => [wordFor(said.steps, step.key), name(step.shopId), step.ofUsage ? said.ofUsage : ''].filter((part) => part !== '').join(' · '),
          },
          {
            key: 'price',
            title: `${said.quantity} × ${said.unitPrice}`,
            number: true,
            cell: (step) => `${format.count(step.quantity)} × ${format.count(step.unitPrice)}`,
          },
          { key: 'amount', title: said.amount, number: true, cell: (step) => format.money(step.amount) },
          { key: 'rule', title: said.rule, hideNarrow: true, cell: (step) => ruleOf(said, step, quote) },
        ]}
        footer={
          <>
            <Total label={said.monthlyFee} value={quote.monthlyFee === undefined ? said.none0 : format.money(quote.monthlyFee)} />
            <Total label={said.estimate} value={format.money(quote.estimate)} />
          </>
        }
      />
    </>
  );
}

function Total({ label, value }: { label: string; value: string }) {
  return (
    <tr>
      <th scope="row" colSpan={2}>
        {label}
      </th>
      <td className="number">
        <strong>{value}</strong>
      </td>
      <td className="hide-narrow" />
    </tr>
  );
}

/** A shop in one sentence. */
export function profileSentence(said: typeof leadWords.zh, format: ReturnType<typeof useFormat>, profile: ShopProfile, locale: 'zh' | 'en'): string {
  const colon = locale === 'zh' ? '：' : ': ';
  const number = (value: number | undefined): string => (value === undefined ? said.notSaid : format.count(value));
  const parts = [
    [said.category, profile.category === '' ? said.notSaid : profile.category],
    [said.headcount, number(profile.agentHeadcount)],
    [said.inquiries, number(profile.averageInquiries)],
    [said.campaigns, wordFor(said.campaignWords, profile.campaigns)],
  ];
  return `${profile.name} (${profile.code}) · ${parts.map(([term, value]) => `${term}${colon}${value}`).join(' · ')}`;
}

/** The versions side by side: a value that differs from the version before is marked. */
export function Versions({ quotes }: { quotes: readonly LeadQuote[] }) {
  const said = useWords(leadWords);
  const terms = useWords(domain);
  const format = useFormat();
  const locale = useLocale();
  const whole = quotes
    .flatMap((one) => (one.quote === undefined ? [] : [{ ...one, quote: one.quote, rows: priceRows(said, format, terms, locale, one.quote) }]))
    .reverse();
  const names = whole[0]?.rows ?? [];
  const columns: Column<Row>[] = [
    { key: 'term', title: '', cell: ([, term]) => term },
    ...whole.map(({ quote, rows, state }, index) => ({
      key: quote.quoteId,
      title: (
        <>
          <Link to={`/quotes/${quote.quoteId}`}>{said.version(format.count(quote.version))}</Link>
          <br />
          <span className="quiet">{wordFor(said.quoteStates, state)}</span>
        </>
      ),
      cell: ([key]: Row) => {
        const value = rows.find((row) => row[0] === key)?.[2] ?? '';
        const before = whole[index - 1]?.rows.find((row) => row[0] === key)?.[2];
        return before === undefined || before === value ? (
          value
        ) : (
          <strong title={said.changed}>
            {value}
            <span className="sr-only"> ({said.changed})</span>
          </strong>
        );
      },
    })),
  ];
  return (
    <Panel title={said.compare}>
      <DataTable caption={said.compare} rows={names} rowKey={([key]) => key} columns={columns} />
    </Panel>
  );
}

/** What became of a quote, and who said so. */
export function Outcome({ of, zone }: { of: LeadQuote; zone: string }) {
  const said = useWords(leadWords);
  const format = useFormat();
  const status = { open: 'risk', accepted: 'met', declined: 'neutral', expired: 'neutral', replaced: 'neutral', unspecified: 'neutral' } as const;
  const when = format.instant(of.decidedAt, zone);
  const who =
    of.consent === undefined
      ? ''
      : of.consent.decidedBy === 'client'
        ? of.state === 'accepted'
          ? said.acceptedBy(when)
          : said.declinedBy(when)
        : `${when} · ${said.behalf(of.consent.evidence)}`;
  return (
    <p>
      <StatusMark status={status[of.state]}>{wordFor(said.quoteStates, of.state)}</StatusMark>
      {[who, of.reason, of.anotherWanted ? said.wantsAnother : '']
        .filter((part) => part !== '')
        .map((part) => ` · ${part}`)
        .join('')}
    </p>
  );
}
