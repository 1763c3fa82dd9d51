// Shops with their client, contract and what waits; operations registers clients and adds shops here.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useDeferredValue, useState } from 'react';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { waitingQuery } from '../../api/queries.ts';
import { useSession } from '../../api/session.ts';
import type { Shop } from '../../api/types.ts';
import { dateOf } from '../../format/dates.ts';
import { useFormat } from '../../format/use-format.ts';
import { ClientChoice } from '../../parts/chooser.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { restWords } from '../../parts/rest-words.ts';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone, useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { dictionary, useWords } from '../../words/words.ts';
import { ConnectChannel } from './connect-channel.tsx';

const words = dictionary(
  {
    title: '店铺',
    shops: '全部店铺',
    shop: '店铺',
    code: '店铺编码',
    client: '客户',
    platform: '平台',
    contract: '合同',
    noContract: '没有合同',
    write: '写合同',
    waiting: '待处理',
    added: '添加日',
    none: '还没有店铺。先登记客户，再给客户添加店铺。',
    newContract: '写合同或接管合同',
    newClient: '登记客户',
    name: '名称',
    register: '登记',
    registered: (name: string) => `已登记 ${name}。`,
    newShop: '添加店铺',
    codeHint: '导入文件和渠道用这个编码称呼店铺，以后不变',
    addShop: '添加店铺',
    shopAdded: (name: string) => `已添加 ${name}。`,
    chooseClient: '选择客户',
    more: '再取 50 家',
    notFound: '没有找到这样的店铺。',
    what: '店铺',
  },
  {
    title: 'Shops',
    shops: 'All shops',
    shop: 'Shop',
    code: 'Code',
    client: 'Client',
    platform: 'Platform',
    contract: 'Contract',
    noContract: 'No contract',
    write: 'write one',
    waiting: 'Waiting',
    added: 'Added',
    none: 'No shops yet. Register a client first, then add its shops.',
    newContract: 'Write or take over a contract',
    newClient: 'Register a client',
    name: 'Name',
    register: 'Register',
    registered: (name) => `${name} is registered.`,
    newShop: 'Add a shop',
    codeHint: 'what import files and channels call the shop; it never changes',
    addShop: 'Add shop',
    shopAdded: (name) => `${name} is added.`,
    chooseClient: 'Choose a client',
    more: 'Load 50 more',
    notFound: 'No such shop.',
    what: 'shops',
  },
);

export function Screen() {
  const said = useWords(words);
  const shared = useWords(common);
  const others = useWords(restWords);
  const format = useFormat();
  const scope = useScope();
  const session = useSession();
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed);
  const shops = useInfiniteQuery({
    queryKey: ['shops', 'pages', search, scope.shopIds],
    queryFn: ({ pageParam }) =>
      ask(api.GET('/shops', { params: { query: { search, shopIds: [...scope.shopIds], size: 50, ...(pageParam === '' ? {} : { token: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
    placeholderData: (before) => before,
  });
  const maker = session.role === 'vendor-operations';
  return (
    <Page
      title={said.title}
      actions={
        maker ? (
          <Link to={`/contracts/new${scope.search()}`}>
            <Button type="primary" tabIndex={-1}>
              {said.newContract}
            </Button>
          </Link>
        ) : null
      }
    >
      <div className="stack">
        <Panel
          title={said.shops}
          actions={
            <input
              type="search"
              data-filter
              className="native"
              value={typed}
              placeholder={others.find}
              aria-label={others.find}
              onChange={(event) => setTyped(event.target.value)}
            />
          }
        >
          <Loaded query={shops} what={said.what}>
            {({ pages }) => {
              const rows = pages.flatMap((page) => page.shops);
              const total = pages[0]?.total ?? rows.length;
              return rows.length === 0 ? (
                <Empty {...(typed === '' ? {} : { action: <Button onClick={() => setTyped('')}>{shared.clearFilter}</Button> })}>
                  {typed === '' ? said.none : said.notFound}
                </Empty>
              ) : (
                <>
                  <ShopTable shops={rows} total={total} />
                  {total <= rows.length ? null : (
                    <p className="more">
                      <span className="quiet">
                        {shops.hasNextPage ? shared.rows(format.count(rows.length), format.count(total)) : others.shops(format.count(total - rows.length))}
                      </span>
                      {shops.hasNextPage ? (
                        <Button loading={shops.isFetchingNextPage} onClick={() => void shops.fetchNextPage()}>
                          {said.more}
                        </Button>
                      ) : null}
                    </p>
                  )}
                </>
              );
            }}
          </Loaded>
        </Panel>
        {maker ? (
          <div className="columns">
            <NewShop />
            <NewClient />
          </div>
        ) : null}
        {maker ? <ConnectChannel /> : null}
      </div>
    </Page>
  );
}

function ShopTable({ shops, total }: { shops: readonly Shop[]; total: number }) {
  const said = useWords(words);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const waiting = useQuery(waitingQuery(shops.length > 50 ? [] : shops.map((shop) => shop.shopId)));
  const waitingOf = (shopId: string) => (waiting.data?.items ?? []).filter((item) => item.shopId === shopId).reduce((sum, item) => sum + item.count, 0);
  return (
    <DataTable
      caption={said.shops}
      rows={shops}
      total={total}
      to={(shop) => (shop.contractId === '' ? '/shops' : `/contracts/${shop.contractId}${scope.search()}`)}
      rowKey={(shop) => shop.shopId}
      columns={[
        { key: 'shop', title: said.shop, cell: (shop) => <strong>{shop.name}</strong> },
        { key: 'code', title: said.code, cell: (shop) => <code>{shop.code}</code> },
        { key: 'platform', title: said.platform, hideNarrow: true, cell: (shop) => wordFor(terms.platforms, shop.platform) },
        { key: 'client', title: said.client, hideNarrow: true, cell: (shop) => shop.clientName },
        {
          key: 'contract',
          title: said.contract,
          cell: (shop) =>
            shop.contractId === '' ? (
              <StatusMark status="risk">
                {said.noContract} · <Link to={`/contracts/new?client=${shop.clientId}&shop=${shop.shopId}`}>{said.write}</Link>
              </StatusMark>
            ) : (
              <Link to={`/contracts/${shop.contractId}${scope.search()}`}>{shop.contractNumber}</Link>
            ),
        },
        { key: 'waiting', title: said.waiting, number: true, cell: (shop) => format.count(waitingOf(shop.shopId)) },
        { key: 'added', title: said.added, number: true, hideNarrow: true, cell: (shop) => dateOf(shop.addedAt, browserZone) },
      ]}
    />
  );
}

function NewClient() {
  const said = useWords(words);
  const client = useQueryClient();
  const [name, setName] = useState('');
  const register = useMutation({
    mutationFn: (wanted: string) => ask(api.POST('/clients', { body: { name: wanted } })),
    onSuccess: () => {
      setName('');
      void client.invalidateQueries({ queryKey: ['shops'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    register.mutate(name.trim());
  };
  return (
    <Panel title={said.newClient}>
      <form className="form" onSubmit={submit}>
        <Field label={said.name}>
          {(field) => <Input {...field} value={name} onChange={(event) => setName(event.target.value)} required maxLength={200} />}
        </Field>
        <Refusal error={register.error} />
        <p className="actions">
          <Button htmlType="submit" loading={register.isPending}>
            {said.register}
          </Button>
          <span role="status">{register.isSuccess ? said.registered(register.variables) : ''}</span>
        </p>
      </form>
    </Panel>
  );
}

function NewShop() {
  const said = useWords(words);
  const terms = useWords(domain);
  const cache = useQueryClient();
  const [clientId, setClientId] = useState('');
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [platform, setPlatform] = useState('tmall');
  const add = useMutation({
    mutationFn: (shop: { clientId: string; code: string; name: string; platform: string }) =>
      ask(
        api.POST('/clients/{clientId}/shops', {
          params: { path: { clientId: shop.clientId } },
          body: { code: shop.code, name: shop.name, platform: shop.platform },
        }),
      ),
    onSuccess: () => {
      setCode('');
      setName('');
      void cache.invalidateQueries({ queryKey: ['shops'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ clientId, code: code.trim(), name: name.trim(), platform });
  };
  return (
    <Panel title={said.newShop}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.client}>{(field) => <ClientChoice described={field} value={clientId} onChange={setClientId} empty={said.chooseClient} />}</Field>
          <Field label={said.name}>
            {(field) => <Input {...field} value={name} onChange={(event) => setName(event.target.value)} required maxLength={200} />}
          </Field>
          <Field label={said.code} hint={said.codeHint}>
            {(field) => <Input {...field} value={code} onChange={(event) => setCode(event.target.value)} required maxLength={100} />}
          </Field>
          <Field label={said.platform}>
            {(field) => <Choice described={field} value={platform} onChange={setPlatform} options={Object.entries(terms.platforms)} />}
          </Field>
        </div>
        <Refusal error={add.error} />
        <p className="actions">
          <Button htmlType="submit" loading={add.isPending}>
            {said.addShop}
          </Button>
          <span role="status">{add.isSuccess ? said.shopAdded(add.variables.name) : ''}</span>
        </p>
      </form>
    </Panel>
  );
}
