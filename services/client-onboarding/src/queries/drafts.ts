// Drafts, offered texts and templates as the API shows them. A client's user sees a contract from its first offer on, and no terms while it is being
// revised.
import { Consent } from '@deskfleet/protocol/common';
import { ContractDraft, ContractTemplate, DraftState, type TermsProblem, TextSignature } from '@deskfleet/protocol/onboarding-contracting';
import type { Shop } from '@deskfleet/protocol/onboarding-service';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { type Caller, type Keyset, type Kit, MAX_PAGE, pageOf } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { draftProblems } from '../contract/draft.ts';
import type { DraftRow, DraftStateName, TemplateRow } from '../projections/drafts.ts';
import { isTheirs } from '../work/asking.ts';
import { clientNames, shopPage } from './overview.ts';

export const DRAFT_KEY_PARTS = 2;

const STATES: Readonly<Record<DraftStateName, DraftState>> = {
  draft: DraftState.DRAFT_STATE_DRAFT,
  offered: DraftState.DRAFT_STATE_OFFERED,
  signed: DraftState.DRAFT_STATE_SIGNED,
  dropped: DraftState.DRAFT_STATE_DROPPED,
};
/** What is still on its way. */
const IN_WORK: readonly DraftState[] = [DraftState.DRAFT_STATE_DRAFT, DraftState.DRAFT_STATE_OFFERED];
/** Shops of one contract that are shown by name. */
const SHOPS_SHOWN = MAX_PAGE;

/** Everything that keeps the terms from being signed, with where it stands. */
export function problemsOf(shopIds: readonly string[], terms: ContractTerms | undefined): TermsProblem[] {
  return draftProblems({ shopIds, terms }).map(({ code, field, expected }) => ({
    $type: 'deskfleet.onboarding.v1.TermsProblem',
    code,
    field,
    expected,
  }));
}

/** Drafts, those that stand longest in their state first. */
export async function draftPage(
  kit: Kit,
  caller: Caller,
  filter: { readonly states: readonly DraftState[]; readonly leadId: string },
  page: Keyset,
): Promise<{ readonly drafts: ContractDraft[]; readonly nextToken: string; readonly total: number }> {
  const states = filter.states.length === 0 ? IN_WORK : filter.states;
  const wanted = Object.entries(STATES).flatMap(([name, state]) => (states.includes(state) ? [name] : []));
  const matching = sql`d.state = any(${wanted}::text[]) and (${filter.leadId} = '' or d.lead_id = ${filter.leadId}) and ${ofClient(caller)}`;
  const found = await kit.read(caller, async (tx) => {
    const after = page.after === undefined ? sql`true` : sql`(d.since, d.contract_id) > (${Number(page.after[0])}::bigint, ${String(page.after[1])})`;
    const { rows } = await sql<DraftRow>`
      select d.* from contract_drafts d where ${matching} and ${after} order by d.since, d.contract_id limit ${page.size + 1}`.execute(tx);
    const count = await sql<{ n: string }>`select count(*) as n from contract_drafts d where ${matching}`.execute(tx);
    return { ...pageOf(rows, page, (row) => [Number(row.since), row.contract_id]), total: Number(count.rows[0]?.n ?? 0) };
  });
  const names = await clientNames(kit, caller, found.rows);
  return { drafts: found.rows.map((row) => draftMessage(caller, row, names, [])), nextToken: found.nextToken, total: found.total };
}

/** One draft with its shops and what it still lacks; undefined where the caller sees none. */
export async function draftOf(kit: Kit, caller: Caller, contractId: string): Promise<ContractDraft | undefined> {
  const row = await kit.read(
    caller,
    async (tx) => (await sql<DraftRow>`select d.* from contract_drafts d where d.contract_id = ${contractId}`.execute(tx)).rows[0],
  );
  if (row === undefined || !isTheirs(caller, row.client_id)) return undefined;
  const asked = { shopIds: row.shop_ids, search: '', clientId: '' };
  const { messages } = row.shop_ids.length === 0 ? { messages: [] } : await shopPage(kit, caller, asked, { size: SHOPS_SHOWN, after: undefined });
  return draftMessage(caller, row, await clientNames(kit, caller, [row]), messages);
}

/** The texts on their way to two signatures. */
export async function draftsInWork(kit: Kit, caller: Caller): Promise<readonly DraftRow[]> {
  const { rows } = await kit.read(caller, (tx) =>
    sql<DraftRow>`select d.* from contract_drafts d where d.state in ('draft', 'offered') and ${ofClient(caller)} order by d.since, d.contract_id`.execute(tx),
  );
  return rows;
}

export async function templates(kit: Kit, caller: Caller): Promise<ContractTemplate[]> {
  const { rows } = await kit.read(caller, (tx) => sql<TemplateRow>`select * from contract_templates order by name, template_id limit ${MAX_PAGE}`.execute(tx));
  return rows.map(({ template_id, name, terms, saved_at }) =>
    ContractTemplate.create({ templateId: template_id, name, terms: ContractTerms.fromJSON(terms), savedAt: Number(saved_at) }),
  );
}

function ofClient(caller: Caller) {
  return caller.role === 'client' ? sql`d.client_id = ${caller.clientId}` : sql`true`;
}

function draftMessage(caller: Caller, row: DraftRow, names: ReadonlyMap<string, string>, shops: readonly Shop[]): ContractDraft {
  const terms = ContractTerms.fromJSON(row.terms);
  const beingWritten = row.state === 'draft';
  const shown = !(beingWritten && caller.role === 'client');
  return ContractDraft.create({
    contractId: row.contract_id,
    number: row.number,
    clientId: row.client_id,
    clientName: names.get(row.client_id) ?? '',
    shops: [...shops],
    terms: shown ? terms : undefined,
    state: STATES[row.state],
    revision: row.revision,
    since: Number(row.since),
    leadId: row.lead_id,
    templateId: row.template_id,
    succeedsContractId: row.succeeds_contract_id,
    textHash: row.text_hash,
    signatures: row.signatures.map(({ consent, ...signature }) =>
      TextSignature.create({ ...signature, consent: consent === null ? undefined : Consent.fromJSON(consent) }),
    ),
    reason: row.reason,
    withdrawnBy: row.withdrawn_by,
    problems: beingWritten && shown ? problemsOf(row.shop_ids, terms) : [],
  });
}
