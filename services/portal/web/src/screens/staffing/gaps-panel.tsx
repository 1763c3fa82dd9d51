// Where people are missing, now and within a day: for the floor.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useShopNames } from '../../api/queries.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty, Loaded, Panel } from '../../parts/page.tsx';
import { useScope } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { Gaps, NowMark } from './now-mark.tsx';
import { staffingQuery } from './queries.ts';
import { staffingWords } from './words.ts';

export function GapsPanel() {
  const said = useWords(staffingWords);
  const scope = useScope();
  const shopName = useShopNames();
  const query = useQuery(staffingQuery(scope.shopIds));
  return (
    <Panel title={said.gapsTitle} about={said.gapsAbout} actions={<Link to={`/staffing${scope.search()}`}>{said.title}</Link>}>
      <Loaded query={query} what={said.what}>
        {({ shops }) => {
          const lacking = shops.filter((shop) => shop.shortage !== undefined || shop.gaps.length > 0);
          return lacking.length === 0 ? (
            <Empty>{said.noGaps}</Empty>
          ) : (
            <DataTable
              caption={said.gapsTitle}
              rows={lacking}
              rowKey={(shop) => shop.shopId}
              columns={[
                { key: 'shop', title: said.shop, cell: (shop) => <Link to={`/staffing/${shop.shopId}${scope.search()}`}>{shopName(shop.shopId)}</Link> },
                { key: 'now', title: said.state, cell: (shop) => <NowMark shop={shop} /> },
                { key: 'ahead', title: said.ahead, cell: (shop) => <Gaps shop={shop} /> },
              ]}
            />
          );
        }}
      </Loaded>
    </Panel>
  );
}
