// How a shop's card is said: whose turn, what waits with its facts, how far it has come, how its trial goes.
import type { BoardCard } from '../../api/types.ts';
import type { Status } from '../../design/tokens.ts';
import { useFormat } from '../../format/use-format.ts';
import { StatusMark } from '../../parts/status.tsx';
import { useWords } from '../../words/words.ts';
import { boardWords } from './words.ts';

export const STEPS = ['lead', 'quote', 'contract', 'deposit', 'training', 'handover', 'live'] as const;

const TURN_STATUS: Readonly<Record<string, Status>> = { client: 'met', 'vendor-operations': 'risk', finance: 'neutral' };

export function TurnMark({ turn }: { turn: string }) {
  const said = useWords(boardWords);
  return turn === '' ? (
    <span className="quiet">{said.nobody}</span>
  ) : (
    <StatusMark status={TURN_STATUS[turn] ?? 'neutral'}>{said.turns[turn] ?? turn}</StatusMark>
  );
}

/** The page where what waits is seen to. */
export function pathOf({ contractId, leadId, step }: BoardCard): string {
  if (contractId === '') return `/leads/${leadId}`;
  if (step === 'contract') return `/contracts/${contractId}`;
  return step === 'deposit' ? `/deposits/${contractId}` : `/contracts/${contractId}/onboarding`;
}

export function useWhat(): (card: BoardCard) => string {
  const said = useWords(boardWords);
  const format = useFormat();
  return (card) => {
    const facts = new Map(card.facts.map(({ name, value }) => [name, value]));
    const fact = (name: string) => facts.get(name) ?? '';
    const has = (name: string) => fact(name) !== '' && fact(name) !== '0';
    const money = (name: string) => format.money({ amount: fact(name), currency: fact('currency') });
    const training = said.trainings[fact('training')];
    const more = [
      ...(training === undefined ? [] : [training]),
      ...(has('short') ? [said.facts.deposit(money('short'), money('required'))] : []),
      ...(has('open') ? [said.facts.information(String(Number(fact('of')) - Number(fact('open'))), fact('of'))] : []),
      ...(has('needed') ? [said.facts.agents(fact('trained'), fact('needed'))] : []),
      ...(has('batch') && Number(fact('of')) > 1 ? [said.facts.batch(fact('batch'))] : []),
      ...(has('products') ? [said.facts.products(fact('accepted'), fact('products'))] : []),
      ...(has('validUntil') ? [said.facts.validUntil(format.day(fact('validUntil')))] : []),
      ...(has('plannedOn') ? [said.facts.plannedOn(format.day(fact('plannedOn')))] : []),
    ];
    return [said.whats[card.what] ?? card.what, ...more].join(' · ');
  };
}

/** The steps as chips: what is done, where it stands, what is ahead; the trial runs beside the last two. Said aloud by their order and the current one. */
export function Chips({ card }: { card: BoardCard }) {
  const said = useWords(boardWords);
  const at = (STEPS as readonly string[]).indexOf(card.step);
  return (
    <ol className="chips">
      {STEPS.map((step, index) => (
        <Chip
          key={step}
          state={index < at || card.step === 'live' ? 'done' : index === at ? 'now' : 'ahead'}
          name={step === 'lead' ? said.talks : (said.steps[step] ?? step)}
        />
      ))}
      <Chip state={card.trial === 'passed' ? 'done' : card.trial === 'running' ? 'now' : 'ahead'} name={said.trial} />
    </ol>
  );
}

/** Its shape is drawn by the style: a board has four hundred of these. */
function Chip({ state, name }: { state: 'done' | 'now' | 'ahead'; name: string }) {
  return (
    <li className={`chip-${state}`} aria-current={state === 'now' ? 'step' : undefined}>
      {name}
    </li>
  );
}

export function Trial({ card }: { card: BoardCard }) {
  const said = useWords(boardWords);
  const format = useFormat();
  if (card.trial === 'passed') return <div className="quiet">{said.passed}</div>;
  if (card.trial !== 'running') return null;
  const over = card.trialDay - card.trialDays;
  return <div>{over > 0 ? said.trialOver(format.count(over)) : said.dayOf(format.count(card.trialDay), format.count(card.trialDays))}</div>;
}
