// What a shop's agents go by: the owner's answers, searched by their words.
import { useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { Link, useParams } from 'react-router';
import { useShopNames, useZones } from '../../api/queries.ts';
import { useFormat } from '../../format/use-format.ts';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { useScope } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { knowledgeQuery } from './queries.ts';
import { Whose } from './question-card.tsx';
import { careWords } from './words.ts';

export function Screen() {
  const { shopId = '' } = useParams();
  const said = useWords(careWords);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const zone = useZones()(shopId);
  const [typed, setTyped] = useState('');
  const query = useQuery(knowledgeQuery(shopId, useDeferredValue(typed)));
  return (
    <Page title={said.knowledgeTitle(shopName(shopId))} about={said.knowledgeAbout}>
      <Panel
        title={said.knowledge}
        about={query.data === undefined ? undefined : said.entries(format.count(query.data.entries.length), format.count(query.data.total))}
        actions={
          <Input.Search
            data-filter
            allowClear
            aria-label={said.searchKnowledge}
            placeholder={said.searchKnowledge}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        }
      >
        <Loaded query={query} what={said.knowledge}>
          {({ entries, searched }) =>
            entries.length === 0 ? (
              <Empty>{searched === 0 ? said.noKnowledge : said.nothingFound(format.count(searched))}</Empty>
            ) : (
              <dl className="asks">
                {entries.map((entry) => (
                  <div key={entry.questionId} className="ask">
                    <dt className="ask-text">
                      <Link to={`/questions/${entry.questionId}${scope.search()}`} className="ask-link">
                        {entry.question || said.erased}
                      </Link>
                    </dt>
                    <dd className="ask-answer">
                      <p className="ask-text">{entry.answer || said.erased}</p>
                      <p className="quiet">
                        {said.version(String(entry.version))} · {format.instant(entry.recordedAt, zone).slice(0, 16)} · <Whose consent={entry.consent} />
                      </p>
                    </dd>
                  </div>
                ))}
              </dl>
            )
          }
        </Loaded>
      </Panel>
    </Page>
  );
}
