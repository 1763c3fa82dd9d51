export { type ImportOptions, type ImportSummary, importTranscripts, type RejectedLine } from './import.ts';
export { findInstallation, type Installation, Unable } from './installation.ts';
export { type Ask, type Portal, portalOf, Refused } from './portal.ts';
export { closeThrough, listInvoices, slaReport } from './report.ts';
export { settled } from './settle.ts';
