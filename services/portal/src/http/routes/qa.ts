// Quality inspection: samples, blind scoring, findings, what was inspected.
import { QaServiceDefinition } from '@deskfleet/protocol/qa-service';
import type { Role } from '@deskfleet/service-kit';
import { EVERYONE, type Route, VENDOR } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

const INSPECTORS: readonly Role[] = ['qa-inspector', 'team-lead', 'vendor-operations'];
const SCORERS: readonly Role[] = ['qa-inspector', 'team-lead'];

export function qaRoutes(components: Components): readonly Route[] {
  const qa = rpcRoutes(components, 'qa-inspection', QaServiceDefinition, 'Quality');
  return [
    qa.get('/samples', 'listSamples', { summary: 'Samples, newest first', access: INSPECTORS }),
    qa.post('/samples', 'drawSample', { summary: 'Draw a sample', access: INSPECTORS, required: ['range', 'ratioBp', 'seed'] }),
    qa.get('/samples/{sampleId}', 'getSample', { summary: 'One sample with its rows', access: INSPECTORS }),
    qa.post('/samples/{sampleId}/redraw', 'redrawSample', { summary: 'Draw again and say whether the sets are the same', access: INSPECTORS }),
    qa.get('/scorecard', 'getScorecard', { summary: 'The scorecard', access: EVERYONE }),
    qa.post('/assignments/next', 'nextAssignment', { summary: "The caller's next unscored assignment, blind", access: SCORERS }),
    qa.get('/assignments/{assignmentId}', 'getAssignment', { summary: 'One assignment, blind until submitted', access: SCORERS }),
    qa.post('/assignments/{assignmentId}/score', 'scoreInspection', { summary: 'Submit the scores', access: SCORERS, required: ['items', 'scorecardVersion'] }),
    qa.post('/assignments/{assignmentId}/correct', 'correctInspection', {
      summary: "Correct one's own score; its history stays",
      access: SCORERS,
      required: ['items', 'reason'],
    }),
    qa.post('/assignments/{assignmentId}/skip', 'skipInspection', { summary: 'Skip with a reason', access: SCORERS, required: ['reason'] }),
    qa.post('/assignments/{assignmentId}/findings', 'raiseFinding', {
      summary: 'Raise a finding on a message',
      access: SCORERS,
      required: ['messageId', 'category', 'severity'],
    }),
    qa.get('/findings', 'listFindings', { summary: 'Findings, newest first', access: VENDOR }),
    qa.get('/inspections', 'listInspections', { summary: 'Submitted inspections', access: EVERYONE }),
    qa.get('/inspections/{assignmentId}', 'getInspection', { summary: 'One submitted inspection', access: EVERYONE }),
  ];
}
