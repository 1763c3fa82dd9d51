// What the portal answers, by the names of its OpenAPI document (schema.d.ts is generated from it; see ../../schema.mjs).
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];

export type Accrual = Schemas['Accrual'];
export type Account = Schemas['Account'];
export type AccountMapping = Schemas['AccountMapping'];
export type Agent = Schemas['Agent'];
export type Assignment = Schemas['Assignment'];
export type Breach = Schemas['Breach'];
export type ClauseFigure = Schemas['ClauseFigure'];
export type Clock = Schemas['Clock'];
export type Contract = Schemas['Contract'];
export type ContractTerms = Schemas['ContractTerms'];
export type ContractTermsInput = Schemas['ContractTermsInput'];
export type Conversation = Schemas['Conversation'];
export type Finding = Schemas['Finding'];
export type Floor = Schemas['GetFloorResponse'];
export type HourCell = Schemas['HourCell'];
export type Inspection = Schemas['Inspection'];
export type Invoice = Schemas['Invoice'];
export type InvoiceLine = Schemas['InvoiceLine'];
export type Message = Schemas['Message'];
export type RejectedLine = Schemas['RejectedLine'];
export type Ribbon = Schemas['GetRibbonResponse'];
export type RibbonRow = Schemas['RibbonRow'];
export type RibbonSegment = Schemas['RibbonSegment'];
export type Sample = Schemas['Sample'];
export type Scorecard = Schemas['Scorecard'];
export type ServiceWindow = Schemas['ServiceWindow'];
export type Shop = Schemas['Shop'];
export type SlaClause = Schemas['SlaClause'];
export type WaitingItem = Schemas['WaitingItem'];
export type EventView = Schemas['Event'];
export type HeldStream = Schemas['HeldStreamOf'];
export type Operations = Schemas['GetOperationsResponse'];
export type ProjectionBuild = Schemas['ProjectionBuild'];
export type ServiceSample = Schemas['ServiceSample'];
