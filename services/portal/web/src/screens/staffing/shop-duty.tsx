// One shop's day: who is there, since when, and how many were online hour by hour beside who was planned and what the contract promises.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { useShopNames } from '../../api/queries.ts';
import { isVendor, useSession } from '../../api/session.ts';
import { verdict } from '../../format/ratio.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { DutyChart } from './duty-chart.tsx';
import { LevelChoice } from './level.tsx';
import { NowMark, Online } from './now-mark.tsx';
import { PresenceChoice } from './presence-choice.tsx';
import { dutyQuery, type ShopDuty, type StaffedShop } from './queries.ts';
import { staffingWords } from './words.ts';

const DateInput = lazy(async () => ({ default: (await import('../../parts/date-input.tsx')).DateInput }));
/** N-011: at least 85 % of the rostered time online. */
const TARGET_BP = 8_500;

export function Screen() {
  const { shopId = '' } = useParams();
  const said = useWords(staffingWords);
  const [params] = useSearchParams();
  const query = useQuery(dutyQuery(shopId, params.get('date') ?? ''));
  return (
    <Loaded page query={query} what={said.what}>
      {(duty) => <Duty shopId={shopId} duty={duty} />}
    </Loaded>
  );
}

function Duty({ shopId, duty }: { shopId: string; duty: ShopDuty }) {
  const said = useWords(staffingWords);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const session = useSession();
  const shopName = useShopNames();
  const [, setParams] = useSearchParams();
  const zone = duty.now?.zone || 'Asia/Shanghai';
  const mayRecord = session.role === 'vendor-operations' || session.role === 'team-lead';
  const choose = (date: string) =>
    setParams((current) => {
      const next = new URLSearchParams(current);
      date === '' ? next.delete('date') : next.set('date', date);
      return next;
    });
  return (
    <Page
      title={said.duty(shopName(shopId))}
      about={said.dutyAbout(format.day(duty.date), zone)}
      actions={
        <>
          <Suspense>
            <DateInput label={said.day} value={duty.date} onChange={choose} />
          </Suspense>
          {isVendor(session.role) ? <Link to={`/shifts${scope.search()}`}>{said.plan}</Link> : null}
        </>
      }
    >
      {duty.now === undefined ? null : (
        <div className="figures">
          <div className="figure">
            <span className="figure-label">{said.state}</span>
            <span className="figure-value">
              <NowMark shop={duty.now} />
            </span>
          </div>
          <Figure
            label={said.online}
            value={<Online shop={duty.now} />}
            counts={duty.now.contracted === undefined ? said.noneAgreed : `/ ${said.contracted} ${format.count(duty.now.contracted.count)}`}
          />
          <Figure
            label={said.onShift}
            value={duty.now.onShift === undefined ? said.noRoster : format.count(duty.now.onShift.count)}
            counts={`${said.trained} ${format.count(duty.now.trained)}`}
          />
          <OnlineRate duty={duty} />
        </div>
      )}
      <div className="stack">
        {duty.now === undefined || duty.now.levels.length === 0 ? null : <ByLevel shop={duty.now} />}
        <Panel title={said.chart}>
          {duty.steps.length === 0 ? <Empty>{said.noData}</Empty> : <DutyChart duty={duty} zone={zone} />}
          {duty.steps.length > 0 && !duty.presenceKnown ? <p className="quiet">{said.noPresence}</p> : null}
        </Panel>
        <Panel title={said.peopleOfDay}>
          {duty.agents.length === 0 ? (
            <Empty>{said.nobody}</Empty>
          ) : (
            <DataTable
              caption={said.peopleOfDay}
              rows={duty.agents}
              rowKey={(agent) => agent.agentId}
              columns={[
                { key: 'name', title: said.name, cell: (agent) => agent.name },
                {
                  key: 'level',
                  title: said.level,
                  hideNarrow: true,
                  cell: (agent) => (mayRecord ? <LevelChoice agent={agent} zone={zone} /> : wordFor(said.levels, agent.level)),
                },
                {
                  key: 'presence',
                  title: said.state,
                  cell: (agent) => (
                    <>
                      {mayRecord ? <PresenceChoice agent={agent} /> : null}
                      <StatusMark status={agent.presence === 'online' ? 'met' : agent.presence === 'away' ? 'risk' : 'neutral'}>
                        {agent.presence === 'unspecified' ? said.noSource : wordFor(terms.presence, agent.presence)}
                      </StatusMark>
                      {agent.onShift ? <span className="quiet"> · {said.onShiftNow}</span> : null}
                    </>
                  ),
                },
                { key: 'since', title: said.since, number: true, cell: (agent) => format.instant(agent.presenceSince, zone) },
                { key: 'source', title: said.source, hideNarrow: true, cell: (agent) => wordFor(said.sources, agent.source) },
                {
                  key: 'rostered',
                  title: said.rostered,
                  number: true,
                  hideNarrow: true,
                  cell: (agent) => (agent.rosteredMs === 0 ? '—' : format.duration(agent.rosteredMs)),
                },
                {
                  key: 'online',
                  title: said.onlineTime,
                  number: true,
                  hideNarrow: true,
                  cell: (agent) => (agent.rosteredMs === 0 || agent.presence === 'unspecified' ? '—' : format.duration(agent.onlineMs)),
                },
                { key: 'trained', title: said.trainedOn, number: true, hideNarrow: true, cell: (agent) => agent.trainedOn || '—' },
              ]}
            />
          )}
        </Panel>
        <Panel title={said.shortfalls}>
          {duty.shortfalls.length === 0 ? (
            <Empty>{duty.presenceKnown ? said.noShortfalls : said.noSource}</Empty>
          ) : (
            <DataTable
              caption={said.shortfalls}
              rows={duty.shortfalls}
              rowKey={(one) => String(one.since)}
              columns={[
                { key: 'from', title: said.from, number: true, cell: (one) => format.instant(one.since, zone) },
                { key: 'to', title: said.to, number: true, cell: (one) => (one.endedAt === 0 ? said.still : format.instant(one.endedAt, zone)) },
                { key: 'count', title: said.shortfallCount, number: true, cell: (one) => `${one.contracted} / ${one.online}` },
              ]}
            />
          )}
        </Panel>
      </div>
    </Page>
  );
}

/** What the contract says of levels beside who is of them. What nobody reports says so. */
function ByLevel({ shop }: { shop: StaffedShop }) {
  const said = useWords(staffingWords);
  const format = useFormat();
  const reported = (headcount: { count: number } | undefined, nobody: string) =>
    headcount === undefined ? <span className="quiet">{nobody}</span> : format.count(headcount.count);
  return (
    <Panel title={said.byLevel} about={said.byLevelAbout}>
      <DataTable
        caption={said.byLevel}
        rows={shop.levels}
        rowKey={({ level }) => level}
        columns={[
          { key: 'level', title: said.level, cell: ({ level }) => wordFor(said.levels, level) },
          { key: 'contracted', title: said.contracted, number: true, cell: ({ contracted }) => format.count(contracted) },
          { key: 'trained', title: said.trained, number: true, cell: ({ trained }) => format.count(trained) },
          { key: 'shift', title: said.onShift, number: true, cell: ({ onShift }) => reported(onShift, said.noRoster) },
          { key: 'online', title: said.online, number: true, hideNarrow: true, cell: ({ online }) => reported(online, said.noSource) },
        ]}
      />
    </Panel>
  );
}

/** How much of the rostered time was online; counts as time, not as cases. */
function OnlineRate({ duty }: { duty: ShopDuty }) {
  const said = useWords(staffingWords);
  const shared = useWords(common);
  const format = useFormat();
  const { rosteredMs, onlineMs, presenceKnown } = duty;
  if (rosteredMs === 0 || !presenceKnown) return <Figure label={said.onlineRate} value="—" about={presenceKnown ? said.noRoster : said.noSource} />;
  const kept = verdict(onlineMs, rosteredMs, TARGET_BP) === 'kept';
  const distance = (kept ? shared.above : shared.short)(format.pointsFromTarget(onlineMs, rosteredMs, TARGET_BP));
  return (
    <Figure
      label={said.onlineRate}
      value={format.percent(onlineMs, rosteredMs, TARGET_BP)}
      counts={`${format.duration(onlineMs)} / ${format.duration(rosteredMs)}`}
      status={kept ? 'met' : 'breach'}
      verdict={`${kept ? shared.kept : shared.missed} · ${distance}`}
      about={said.onlineRateAbout}
    />
  );
}
