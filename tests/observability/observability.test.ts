// Dashboard, alerts and scrape name only what the services really expose: the names are read from the text of /metrics, not from a list.
import { readFileSync } from 'node:fs';
import { GetOperationsResponse } from '@deskfleet/protocol/operations';
import { portsOf, SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';
import { exposedMetrics } from '@deskfleet/service-kit/testing';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const folder = new URL('../../deploy/observability/', import.meta.url);
const text = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

/** A state in which everything is there to be seen: what only Kafka, a rebuild or an error brings, too. */
const everything = GetOperationsResponse.fromPartial({
  source: 'billing/0/e1',
  head: 10,
  asOf: 10,
  groups: [
    { group: 'billing', service: 'conversations', known: true, behind: 1, behindMs: 1 },
    { group: 'billing', service: 'agent-pools', known: false },
  ],
  held: [
    { group: 'billing', service: 'conversations', state: 'parked', streams: 1, events: 1, since: 1 },
    { group: 'billing', service: 'conversations', state: 'waiting', waitKey: 'k', streams: 1, events: 1, since: 1 },
  ],
  projections: [
    { name: 'invoices', version: 1, build: 1, state: 'live', position: 9, head: 10 },
    { name: 'invoices', version: 1, build: 2, state: 'building', position: 5, head: 10, fault: 'cannot fold' },
  ],
  timers: { pending: 1, due: 1, lateMs: 1, failing: 1 },
  relay: { published: 9, behind: 1, behindMs: 1 },
  background: [{ name: 'billing:reassessment', pending: 1 }],
});

/** Names in PromQL: what stands before a selector, a range or a comparison, functions and labels apart. */
function metricsIn(expression: string): string[] {
  const bare = expression.replaceAll(/\{[^}]*\}|"[^"]*"|\b(?:by|without)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/\b([a-z]+(?:_[a-z0-9]+)*)\b(?!\s*\()/g)].map(([, name = '']) => name).filter((name) => name.includes('_') || name === 'up');
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
const rules = (): readonly Rule[] => (parse(text('alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);

function dashboardExpressions(): string[] {
  const { panels, templating } = JSON.parse(text('grafana/kernel.json')) as {
    panels: { targets?: { expr: string }[] }[];
    templating: { list: { query: string; type: string }[] };
  };
  const variables = templating.list.filter(({ type }) => type === 'query').map(({ query }) => /^label_values\((\w+),/.exec(query)?.[1] ?? query);
  return [...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)), ...variables];
}

test('every metric of the dashboard and of the alerts is one that a service exposes', async () => {
  const exposed = new Set(['up', ...(await exposedMetrics(everything))]);
  const unknown = (expressions: readonly string[]): string[] => [...new Set(expressions.flatMap(metricsIn))].filter((name) => !exposed.has(name));
  expect(dashboardExpressions().length).toBeGreaterThan(20);
  expect(unknown(dashboardExpressions())).toEqual([]);
  expect(rules().length).toBeGreaterThan(8);
  expect(unknown(rules().map(({ expr }) => expr))).toEqual([]);
  // A metric nobody exposes is noticed, and one that nobody looks at is not kept.
  expect(unknown(['rate(deskfleet_log_heads{service="x"}[1m]) > 1'])).toEqual(['deskfleet_log_heads']);
  const looked = new Set([...dashboardExpressions(), ...rules().map(({ expr }) => expr)].flatMap(metricsIn));
  const base = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');
  const bases = new Set([...looked].map(base));
  expect([...exposed].filter((name) => name.startsWith('deskfleet_') && !bases.has(base(name)))).toEqual([]);
});

test('every alert has its runbook, and its summary names who is meant', () => {
  const anchors = [...text('runbooks.md').matchAll(/^## (.+)$/gm)].map(([, title = '']) => `runbooks.md#${title.toLowerCase().replaceAll(' ', '-')}`);
  expect(
    rules()
      .map(({ annotations }) => annotations.runbook)
      .filter((link) => !anchors.includes(link)),
  ).toEqual([]);
  expect(anchors.filter((anchor) => !rules().some(({ annotations }) => annotations.runbook === anchor))).toEqual([]);
  for (const { alert, annotations } of rules()) expect(annotations.summary, alert).toMatch(/\{\{ \$(labels|value)/);
});

test('the scrape reaches every service on its own port', () => {
  const { scrape_configs: jobs } = parse(text('prometheus.yaml')) as {
    scrape_configs: { static_configs: { targets: string[]; labels: { service: string } }[] }[];
  };
  const found = jobs.flatMap((job) => job.static_configs).map(({ targets, labels }) => [labels.service, targets]);
  expect(found).toEqual(SERVICE_NAMES.map((service: ServiceName) => [service, [`127.0.0.1:${portsOf(service).http}`]]));
});
