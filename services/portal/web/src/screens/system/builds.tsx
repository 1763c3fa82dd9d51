// Read models: what is live, what is being built beside it and how far, what is kept for a way back; and what may be done with each.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { api, ask } from '../../api/http.ts';
import type { ProjectionBuild } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { progressOf } from './state.ts';
import { systemWords } from './words.ts';

export type BuildOf = ProjectionBuild & { readonly service: string };

export function Builds({ builds, withService = false }: { builds: readonly BuildOf[]; withService?: boolean }) {
  const said = useWords(systemWords);
  const format = useFormat();
  const cache = useQueryClient();
  const act = useMutation({
    mutationFn: async ({ what, build: { service, name, version, build } }: { what: 'rebuild' | 'swap' | 'drop'; build: BuildOf }) => {
      const params = { path: { service, name } };
      if (what === 'rebuild') await ask(api.POST('/system/operations/{service}/projections/{name}/rebuild', { params }));
      if (what === 'swap') await ask(api.POST('/system/operations/{service}/projections/{name}/swap', { params, body: { version, build } }));
      if (what === 'drop') await ask(api.POST('/system/operations/{service}/projections/{name}/drop', { params, body: { version, build } }));
      return what === 'rebuild'
        ? said.done(said.rebuildOf(name))
        : what === 'swap'
          ? said.done(said.swapOf(name, String(build)))
          : said.dropped(said.dropOf(name, String(build)));
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['system'] }),
  });
  const button = (what: 'rebuild' | 'swap' | 'drop', text: string, label: string, build: BuildOf) => (
    <Button size="small" aria-label={label} disabled={act.isPending} onClick={() => act.mutate({ what, build })}>
      {text}
    </Button>
  );
  return (
    <>
      <Refusal error={act.error} />
      <p role="status">{act.data ?? ''}</p>
      <DataTable
        caption={said.readModels}
        rows={builds}
        rowKey={(one) => `${one.service} ${one.name} ${one.version} ${one.build}`}
        columns={[
          ...(withService ? [{ key: 'service', title: said.service, cell: (one: BuildOf) => one.service }] : []),
          { key: 'name', title: said.name, cell: (one) => <strong>{one.name}</strong> },
          { key: 'build', title: `${said.version} · ${said.build}`, hideNarrow: true, cell: (one) => `v${one.version} · ${one.build}` },
          {
            key: 'state',
            title: said.state,
            cell: (one) =>
              one.fault === '' ? (
                <StatusMark status={one.state === 'live' ? 'met' : 'neutral'}>{said.states[one.state]}</StatusMark>
              ) : (
                <StatusMark status={one.state === 'live' ? 'breach' : 'risk'}>{`${said.states[one.state]} · ${one.fault}`}</StatusMark>
              ),
          },
          { key: 'progress', title: said.progress, cell: (one) => <Progress build={one} /> },
          { key: 'rows', title: said.rows, number: true, hideNarrow: true, cell: (one) => (one.rows < 0 ? said.none : format.count(one.rows)) },
          { key: 'begun', title: said.begun, hideNarrow: true, cell: (one) => format.instant(one.startedAt, browserZone) },
          {
            key: 'do',
            title: <span className="sr-only">{said.rebuild}</span>,
            cell: (one) => (
              <span className="actions">
                {one.state === 'live' && one.rebuildable ? button('rebuild', said.rebuild, said.rebuildOf(one.name), one) : null}
                {one.state === 'kept' && one.runnable ? button('swap', said.swap, said.swapOf(one.name, String(one.build)), one) : null}
                {one.state === 'kept' ? button('drop', said.drop, said.dropOf(one.name, String(one.build)), one) : null}
                {one.state === 'building' ? button('drop', said.giveUp, said.giveUpOf(one.name, String(one.build)), one) : null}
              </span>
            ),
          },
        ]}
      />
    </>
  );
}

function Progress({ build }: { build: BuildOf }) {
  const said = useWords(systemWords);
  const format = useFormat();
  const share = Math.floor(progressOf(build) * 100);
  const counts = `${format.count(build.position)} / ${format.count(build.head)}`;
  if (build.state !== 'building') return <>{counts}</>;
  return (
    <span className="stack-tight">
      <progress aria-label={`${said.progress} ${build.name}`} max={100} value={share} /> {`${share}% · ${counts}`}
      {build.rate > 0 ? ` · ${format.count(Math.round(build.rate))}${said.perSecond}` : ''}
    </span>
  );
}
