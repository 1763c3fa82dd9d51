// How a step's quantity came about, in the reader's language: what the profiles and the plan suggest is said by the step's key and their facts, anything
// else as the vendor wrote it.
import { count } from '../../format/money.ts';
import { wordFor } from '../../words/domain.ts';
import type { Lead, Quote } from './queries.ts';
import type { StepDraft } from './steps.ts';
import type { leadWords } from './words.ts';

/** What a quote, or a lead before it has one, is computed from. */
export type Basis = Pick<Quote, 'profiles' | 'engagement'>;

export const basisOf = ({ profiles, plan }: Lead): Basis => ({ profiles, engagement: plan?.engagement ?? 'unspecified' });

export function ruleOf(
  { rules, notSaid }: typeof leadWords.zh,
  step: Pick<StepDraft, 'key' | 'shopId' | 'rule' | 'suggested'>,
  { profiles, engagement }: Basis,
): string {
  if (!step.suggested) return step.rule;
  const profile = step.shopId === '' ? profiles[0] : profiles.find(({ shopId }) => shopId === step.shopId);
  switch (step.key) {
    case 'agents':
      return rules.agents(count(profile?.agentHeadcount ?? 0), profile?.category || notSaid);
    case 'inquiries':
      return rules.inquiries(count(profile?.averageInquiries ?? 0));
    case 'campaigns':
      return wordFor(rules.campaigns, profile?.campaigns ?? '');
    case 'separate-teams':
      return rules.separateTeams;
    case 'short-engagement':
      return wordFor(rules.engagements, engagement);
    default:
      return step.key;
  }
}
