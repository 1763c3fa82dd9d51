// Which shop has too few people, since when: contracted, trained, on shift and online side by side, the worst first. The client sees the same rows.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useShopNames } from '../../api/queries.ts';
import { isVendor, useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable, RestRow } from '../../parts/data-table.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { useScope } from '../../scope/scope.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { NewAgent } from './new-agent.tsx';
import { Gaps, NowMark, Online } from './now-mark.tsx';
import { type StaffedShop, staffingQuery } from './queries.ts';
import { staffingWords } from './words.ts';

export function Screen() {
  const said = useWords(staffingWords);
  const format = useFormat();
  const scope = useScope();
  const session = useSession();
  const shopName = useShopNames();
  const query = useQuery(staffingQuery(scope.shopIds));
  const { all, rest } = query.data ?? {};
  const to = (shop: StaffedShop) => `/staffing/${shop.shopId}${scope.search()}`;
  return (
    <Page title={said.title} about={said.about} actions={isVendor(session.role) ? <Link to={`/shifts${scope.search()}`}>{said.plan}</Link> : null}>
      <div className="figures">
        <Figure
          label={said.short}
          value={all === undefined ? '—' : format.count(all.short)}
          counts={all === undefined ? '' : `/ ${format.count(all.shops)}`}
          status={(all?.short ?? 0) > 0 ? 'breach' : 'met'}
          verdict={(all?.short ?? 0) > 0 ? said.shortVerdict : said.allThere}
        />
        <Figure
          label={said.unknown}
          value={all === undefined ? '—' : format.count(all.unknown)}
          {...((all?.unknown ?? 0) > 0 && isVendor(session.role) ? { status: 'risk' as const, verdict: said.unknownVerdict } : {})}
        />
      </div>
      <div className="stack">
        <Panel title={said.list}>
          <Loaded query={query} what={said.what}>
            {({ shops }) =>
              shops.length === 0 ? (
                <Empty>{said.none}</Empty>
              ) : (
                <DataTable
                  caption={said.list}
                  rows={shops}
                  rowKey={(shop) => shop.shopId}
                  to={to}
                  footer={
                    (rest?.shops ?? 0) > 0 ? (
                      <RestRow columns={7}>{said.rest(format.count(rest?.shops ?? 0), format.count(rest?.short ?? 0))}</RestRow>
                    ) : undefined
                  }
                  columns={[
                    { key: 'shop', title: said.shop, cell: (shop) => <Link to={to(shop)}>{shopName(shop.shopId)}</Link> },
                    { key: 'state', title: said.state, cell: (shop) => <NowMark shop={shop} /> },
                    { key: 'online', title: said.online, number: true, cell: (shop) => <Online shop={shop} /> },
                    {
                      key: 'contracted',
                      title: said.contracted,
                      number: true,
                      cell: (shop) => (
                        <>
                          {shop.contracted === undefined ? <span className="quiet">{said.noneAgreed}</span> : format.count(shop.contracted.count)}
                          {shop.contractShops > 1 ? <span className="quiet"> {said.sharedBy(format.count(shop.contractShops))}</span> : null}
                          {shop.levels.map(({ level, contracted }) => (
                            <div className="quiet" key={level}>
                              {said.ofLevel(format.count(contracted), wordFor(said.levels, level))}
                            </div>
                          ))}
                        </>
                      ),
                    },
                    { key: 'ahead', title: said.ahead, hideNarrow: true, cell: (shop) => <Gaps shop={shop} /> },
                    { key: 'trained', title: said.trained, number: true, hideNarrow: true, cell: (shop) => format.count(shop.trained) },
                    {
                      key: 'shift',
                      title: said.onShift,
                      number: true,
                      hideNarrow: true,
                      cell: (shop) => (shop.onShift === undefined ? <span className="quiet">{said.noRoster}</span> : format.count(shop.onShift.count)),
                    },
                  ]}
                />
              )
            }
          </Loaded>
        </Panel>
        {session.role === 'vendor-operations' ? <NewAgent /> : null}
      </div>
    </Page>
  );
}
