// 上线检查表: every gate of the next batch with what is missing, whose turn it is, since when and where. The button stays pressable and answers in words.
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { wordFor } from '../../words/domain.ts';
import { useLocale, useWords } from '../../words/words.ts';
import { Act } from './act.tsx';
import { Turn } from './parts.tsx';
import type { Launch, LaunchGate } from './queries.ts';
import { itemName, launchWords } from './words.ts';

export function Gates({ launch }: { launch: Launch }) {
  const said = useWords(launchWords);
  const format = useFormat();
  const session = useSession();
  const { contractId, gates, nextBatchKey, batches } = launch;
  const next = batches.find(({ batchKey }) => batchKey === nextBatchKey);
  if (next === undefined) return <Panel title={said.gates}>{said.allLive}</Panel>;
  const passed = gates.filter((gate) => gate.passed).length;
  const about = `${said.gatesOf(format.count(next.batchNo))} · ${said.gatesAbout(format.count(passed), format.count(gates.length))}`;
  const goLive = () => ask(api.POST('/contracts/{contractId}/batches/{batchKey}/go-live', { params: { path: { contractId, batchKey: nextBatchKey } } }));
  return (
    <Panel title={said.gates} about={about}>
      <ul className="gates">
        {gates.map((gate) => (
          <GateLine key={gate.key} gate={gate} />
        ))}
      </ul>
      {session.role === 'vendor-operations' ? <Act contractId={contractId} label={said.goLive} primary run={goLive} /> : null}
    </Panel>
  );
}

function GateLine({ gate }: { gate: LaunchGate }) {
  const said = useWords(launchWords);
  const scope = useScope();
  const why = useWhy();
  return (
    <li className="gate">
      <StatusMark status={gate.passed ? 'met' : 'breach'}>{wordFor(said.gate, gate.key)}</StatusMark>
      {gate.passed ? (
        <span className="quiet">{said.ok}</span>
      ) : (
        <>
          <Link to={`${gate.path}${scope.search()}`}>{why(gate)}</Link>
          <Turn waitsFor={gate.waitsFor} since={gate.since} />
        </>
      )}
    </li>
  );
}

/** Why a gate is shut, in the reader's words. */
function useWhy(): (gate: LaunchGate) => string {
  const said = useWords(launchWords);
  const locale = useLocale();
  const format = useFormat();
  return (gate) => {
    const text = said.why[gate.code];
    if (text === undefined) return gate.code;
    return text({
      ...{ have: format.count(gate.have), needed: format.count(gate.needed), batch: format.count(gate.batch), topic: gate.topic, date: gate.date },
      items: gate.items.map((item) => itemName(item, '', locale)).join(locale === 'zh' ? '、' : ', '),
      ...{ required: format.money(gate.required), received: format.money(gate.received), short: format.money(gate.short) },
    });
  };
}
