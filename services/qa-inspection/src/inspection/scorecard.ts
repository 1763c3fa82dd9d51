// What an inspector judges by. A version, once used, never changes: another one is added. Source: domain.md 8.9, default QA scorecard.
import { type Refused, refuse } from '@deskfleet/event-store';
import { ItemScore } from '@deskfleet/protocol/qa';
import { Scorecard } from '@deskfleet/protocol/qa-service';

const first = Scorecard.create({
  version: 1,
  items: [
    {
      key: 'greeting',
      nameZh: '问候与称呼',
      nameEn: 'Greeting',
      pointsTenths: 100,
      hintZh: '有称呼，有开场，不过分亲昵',
      hintEn: 'Addressed, opened, not over-familiar',
    },
    {
      key: 'understanding',
      nameZh: '理解问题',
      nameEn: 'Understanding',
      pointsTenths: 150,
      hintZh: '先弄清要什么，不答非所问',
      hintEn: 'Found out what is asked before answering',
    },
    {
      key: 'answer',
      nameZh: '解答',
      nameEn: 'Answer',
      pointsTenths: 300,
      hintZh: '产品与活动知识准确，问题解决到底',
      hintEn: 'Correct on goods and campaigns, solved to the end',
    },
    { key: 'tone', nameZh: '语气', nameEn: 'Tone', pointsTenths: 150, hintZh: '先致歉，不敷衍，无一字回复', hintEn: 'Apology first, no curt one-word replies' },
    {
      key: 'selling',
      nameZh: '推荐与让价',
      nameEn: 'Selling',
      pointsTenths: 150,
      hintZh: '推荐合适的，不擅自让价',
      hintEn: 'Suitable not dearest, no free-hand discounts',
    },
    {
      key: 'order',
      nameZh: '核对与备注',
      nameEn: 'Order details',
      pointsTenths: 150,
      hintZh: '地址、尺码、承诺有核对和备注',
      hintEn: 'Address, size and promises checked and remarked',
    },
    {
      key: 'red-line',
      nameZh: '致命项：承诺外赔付、辱骂、泄露信息',
      nameEn: 'Fatal: unauthorised compensation, abuse, leaking data',
      pointsTenths: 0,
      fatal: true,
      hintZh: '出现即 0 分',
      hintEn: 'One occurrence makes the score 0',
    },
  ].map((item) => ({ fatal: false, ...item })) as Scorecard['items'],
});

const versions: readonly Scorecard[] = [first];

/** A version of the scorecard; 0 = the current one. */
export function scorecard(version: number): Scorecard | undefined {
  return version === 0 ? versions.at(-1) : versions.find((card) => card.version === version);
}

export interface Score {
  readonly items: ItemScore[];
  readonly totalTenths: number;
  readonly maxTenths: number;
  readonly fatal: boolean;
}

type Refusal = 'scorecard-unknown' | 'scorecard-incomplete' | 'grade-invalid';

/**
 * Points from grades: pass whole, partial half, fail none; what does not apply leaves the maximum too. A failed fatal item makes the whole 0.
 * Refuses, naming the items, when some are open or a grade is unknown.
 */
export function score(version: number, given: readonly Pick<ItemScore, 'itemKey' | 'grade'>[]): Score | Refused<Refusal> {
  const card = scorecard(version);
  if (card === undefined) return refuse('scorecard-unknown', { field: 'scorecardVersion', found: version, expected: versions.map((known) => known.version) });
  const grades = new Map(given.map(({ itemKey, grade }) => [itemKey, grade]));
  const missing = card.items.filter(({ key }) => !grades.has(key)).map(({ key }) => key);
  if (missing.length > 0) return refuse('scorecard-incomplete', { missing, answered: card.items.length - missing.length, of: card.items.length });
  const items: ItemScore[] = [];
  let maxTenths = 0;
  let fatal = false;
  for (const { key, pointsTenths, fatal: deadly } of card.items) {
    const grade = grades.get(key) ?? '';
    const points = pointsFor(grade, pointsTenths);
    if (points === undefined) return refuse('grade-invalid', { field: key, found: grade, expected: ['pass', 'partial', 'fail', 'na'] });
    items.push(ItemScore.create({ itemKey: key, grade, pointsTenths: points }));
    if (grade !== 'na') maxTenths += pointsTenths;
    if (deadly && grade === 'fail') fatal = true;
  }
  return { items, totalTenths: fatal ? 0 : items.reduce((sum, item) => sum + item.pointsTenths, 0), maxTenths, fatal };
}

function pointsFor(grade: string, pointsTenths: number): number | undefined {
  switch (grade) {
    case 'pass':
      return pointsTenths;
    case 'partial':
      return Math.floor(pointsTenths / 2);
    case 'fail':
    case 'na':
      return 0;
    default:
      return undefined;
  }
}
