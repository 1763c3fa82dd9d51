// ARCHITECTURE.md's import rules: main -> api, subscriptions, projections -> aggregates -> libs -> protocol, and no service imports another.
const OUTER = '^services/([^/]+)/src/(main|api|service)[.]ts$|^services/([^/]+)/src/(api|projections|subscriptions|queries|work|http|live)/';
// Command handlers that live beside their aggregate: they load, decide and append. Everything else in an aggregate's folder only computes.
const HANDLERS =
  '^services/(agent-pools/src/account/map-accounts|billing/src/invoice/closing|conversations/src/import/(take-chunk|finish-import)|conversations/src/channel/(connect-channel|receive-webhook)|sla-monitoring/src/clock/timers|client-onboarding/src/(lead/expiry|supervision/meeting-timers|care/[^/]+)|agent-pools/src/(staffing/timers|shift/plan-shifts))[.]ts$';
const TEST = '[.]test[.]tsx?$|/test/|/testing/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'resolvable', comment: 'An import that leads nowhere.', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-cycles',
      comment: 'Modules that need each other cannot be read one by one.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-service-imports-another',
      comment: 'Services speak by gRPC and events only.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/(?!$1/)' },
    },
    {
      name: 'libs-stand-below',
      comment: 'A lib knows no service and no deployment.',
      severity: 'error',
      from: { path: '^libs/', pathNot: TEST },
      to: { path: '^(services|deploy|tests)/' },
    },
    {
      name: 'services-stand-below-deploy',
      comment: 'A service does not know how it is run.',
      severity: 'error',
      from: { path: '^services/', pathNot: TEST },
      to: { path: '^(deploy|tests)/' },
    },
    {
      name: 'protocol-at-the-bottom',
      comment: 'Everything may import the protocol; it imports nothing of ours.',
      severity: 'error',
      from: { path: '^libs/protocol/' },
      to: { path: '^libs/(?!protocol/)' },
    },
    {
      name: 'aggregates-are-pure',
      comment: 'State, commands, decide, evolve: no database, no network, no files, and nothing of the layers above.',
      severity: 'error',
      from: {
        path: '^services/(client-onboarding|agent-pools|conversations|sla-monitoring|qa-inspection|billing)/src/[^/]+/',
        pathNot: `${OUTER}|${HANDLERS}|${TEST}`,
      },
      to: {
        path: `${OUTER}|^libs/(event-bus|read-model)/|^(node:)?(fs|net|http|https|child_process|dns)(/|$)|/node_modules/(pg|kysely|kafkajs|nice-grpc|fastify)/`,
      },
    },
    {
      name: 'pure-libs',
      comment: 'Money, calendars, statistics, spelling and attribution compute; they ask nobody.',
      severity: 'error',
      from: { path: '^libs/(money|service-hours|statistics|spelling|attribution)/', pathNot: TEST },
      to: {
        path: '^libs/(event-bus|event-store|read-model|service-kit)/|^(node:)?(fs|net|http|https|child_process|dns)(/|$)|/node_modules/(pg|kysely|kafkajs|nice-grpc|fastify)/',
      },
    },
    {
      name: 'kafka-in-one-place',
      comment: 'Only libs/event-bus knows the Kafka client (deploy/servers asks a broker it started whether it answers).',
      severity: 'error',
      from: { pathNot: '^(libs/event-bus|deploy/servers|tests)/' },
      to: { path: '/node_modules/kafkajs/' },
    },
    {
      name: 'nobody-imports-main',
      comment: 'A composition root is where a process begins.',
      severity: 'error',
      from: { pathNot: `${TEST}|^tests/bench/` },
      to: { path: '^services/[^/]+/src/main[.]ts$' },
    },
    {
      name: 'web-stands-alone',
      comment: 'The browser app knows the API by its generated types only.',
      severity: 'error',
      from: { path: '^services/portal/web/src/' },
      to: { path: '^(libs|services/portal/src|deploy|tests)/' },
    },
    {
      name: 'tests-are-not-imported',
      comment: 'What production needs does not live in a test.',
      severity: 'error',
      from: { pathNot: `${TEST}|^tests/` },
      to: { path: '[.]test[.]tsx?$|^tests/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^libs/protocol/src/gen/|/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
    },
  },
};
