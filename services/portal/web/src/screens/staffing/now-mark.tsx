// How a shop stands with its people now, in words: short since when, enough, not known, or nobody is owed at this hour.
import { useFormat } from '../../format/use-format.ts';
import { useStreamClock } from '../../live/stream.ts';
import { StatusMark } from '../../parts/status.tsx';
import { useWords } from '../../words/words.ts';
import type { StaffedShop } from './queries.ts';
import { staffingWords } from './words.ts';

export function NowMark({ shop }: { shop: StaffedShop }) {
  const said = useWords(staffingWords);
  const format = useFormat();
  const { shortage, contracted, contractOnline, serving, open } = shop;
  if (shortage !== undefined) {
    const say = shortage.shortfall ? said.missing : said.missingSoon;
    return (
      <StatusMark status={shortage.shortfall ? 'breach' : 'risk'}>
        {say(format.count(shortage.missing), format.clock(shortage.since, shop.zone || 'UTC').slice(0, 5))}
      </StatusMark>
    );
  }
  if (!serving) return <StatusMark status="neutral">{said.notServing}</StatusMark>;
  if (!open) return <StatusMark status="neutral">{said.closed}</StatusMark>;
  if (contracted === undefined) return <StatusMark status="neutral">{said.noneAgreed}</StatusMark>;
  return contractOnline === undefined || contractOnline.count < contracted.count ? (
    <StatusMark status="neutral">{said.noJudgement}</StatusMark>
  ) : (
    <StatusMark status="met">{said.enough}</StatusMark>
  );
}

/** How many are online; what nobody reports is said, never 0. */
export function Online({ shop }: { shop: StaffedShop }) {
  const said = useWords(staffingWords);
  const format = useFormat();
  const { now } = useStreamClock();
  if (shop.online === undefined) return <span className="quiet">{said.noSource}</span>;
  const more = [
    ...(shop.contractShops > 1 && shop.contractOnline !== undefined ? [said.sharedOnline(format.count(shop.contractOnline.count))] : []),
    ...(shop.unreported > 0 ? [said.unreported(format.count(shop.unreported))] : []),
  ];
  return (
    <span title={said.heard(format.duration(Math.max(0, now - shop.heardAt)))}>
      {format.count(shop.online.count)}
      {more.length === 0 ? null : <span className="quiet"> {more.join(' · ')}</span>}
    </span>
  );
}

/** When fewer are planned than contracted within a day. */
export function Gaps({ shop }: { shop: StaffedShop }) {
  const said = useWords(staffingWords);
  const format = useFormat();
  if (shop.gaps.length === 0) return <span className="quiet">—</span>;
  const clock = (at: number) => format.clock(at, shop.zone || 'UTC').slice(0, 5);
  return (
    <StatusMark status="risk">
      {shop.gaps.map(({ fromAt, toAt, missing }) => said.gap(clock(fromAt), clock(toAt), format.count(missing))).join(' · ')}
    </StatusMark>
  );
}
