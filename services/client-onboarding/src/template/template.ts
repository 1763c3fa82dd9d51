// Terms that a vendor often begins with, by name. Saving again replaces them for later drafts; drafts made from them keep what they have.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { ContractTemplateSaved } from '@deskfleet/protocol/onboarding';
import { ContractTerms } from '@deskfleet/protocol/terms';

export type TemplateEvent = ContractTemplateSaved;

export type Template = { readonly status: 'none' } | { readonly status: 'saved'; readonly name: string; readonly terms: ContractTerms };

export type TemplateCommand = { readonly kind: 'save'; readonly templateId: string; readonly name: string; readonly terms: ContractTerms };

type Refusal = 'template-name-missing' | 'terms-too-long';

/** Characters. */
const NAME_LIMIT = 200;
/** Bytes. */
const TERMS_LIMIT = 48 * 1024;

export const template: Decider<TemplateCommand, TemplateEvent, Template, Refusal> = {
  initial: { status: 'none' },

  evolve(_, event) {
    return { status: 'saved', name: event.name, terms: event.terms ?? ContractTerms.create() };
  },

  decide(template, { templateId, terms, ...given }) {
    const name = given.name.trim();
    if (name === '' || name.length > NAME_LIMIT)
      return refuse('template-name-missing', { field: 'name', found: name.length, expected: `1 to ${NAME_LIMIT} characters` });
    const bytes = ContractTerms.encode(terms).finish().length;
    if (bytes > TERMS_LIMIT) return refuse('terms-too-long', { field: 'terms', found: bytes, expected: `at most ${TERMS_LIMIT} bytes` });
    const same = template.status === 'saved' && template.name === name && sameTerms(template.terms, terms);
    return same ? accept() : accept(ContractTemplateSaved.create({ templateId, name, terms }));
  },
};

function sameTerms(a: ContractTerms, b: ContractTerms): boolean {
  return JSON.stringify(ContractTerms.toJSON(a)) === JSON.stringify(ContractTerms.toJSON(b));
}
