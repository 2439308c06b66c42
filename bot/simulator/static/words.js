/** The words of the page, and its ways to write times and days. */

const { timeZone } = document.body.dataset;
const time = new Intl.DateTimeFormat("ja-JP", { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone });
const day = new Intl.DateTimeFormat("ja-JP", { month: "long", day: "numeric", weekday: "short", timeZone });
const year = new Intl.DateTimeFormat("ja-JP", { year: "numeric", timeZone });
const exact = new Intl.DateTimeFormat("ja-JP", { dateStyle: "long", timeStyle: "short", timeZone });
const key = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone });

const DAY_MS = 86_400_000;

export const timeOf = (at) => time.format(at);
export const exactly = (at) => exact.format(at);
export const dayKey = (at) => key.format(at);

/** "今日", "昨日", "8月12日(水)", with the year where it is another. */
export function dayOf(at, now) {
  if (dayKey(at) === dayKey(now)) return "今日";
  if (dayKey(at) === dayKey(now - DAY_MS)) return "昨日";
  return year.format(at) === year.format(now) ? day.format(at) : `${year.format(at)}${day.format(at)}`;
}

export const NOTICES = {
  followed: "友だちに追加しました",
  blocked: "ブロックしました",
  unblocked: "ブロックを解除しました",
};

export const WHY = { toggle: "なぜ？", about: "このように答えた理由", show: "理由を表示", hide: "理由を隠す" };

export const STICKERS = [
  { face: "😊", name: "にっこり", packageId: "446", stickerId: "1988", keywords: ["笑顔", "うれしい"] },
  { face: "👍", name: "いいね", packageId: "446", stickerId: "1993", keywords: ["いいね", "OK"] },
  { face: "🙏", name: "ありがとう", packageId: "446", stickerId: "1994", keywords: ["ありがとう", "感謝"] },
  { face: "🎉", name: "やった", packageId: "446", stickerId: "2003", keywords: ["お祝い", "やった"] },
  { face: "💪", name: "がんばる", packageId: "446", stickerId: "2007", keywords: ["がんばる", "運動"] },
  { face: "😴", name: "おやすみ", packageId: "446", stickerId: "2011", keywords: ["おやすみ", "眠い"] },
  { face: "😢", name: "かなしい", packageId: "446", stickerId: "2008", keywords: ["かなしい", "つらい"] },
  { face: "🙇", name: "すみません", packageId: "446", stickerId: "2022", keywords: ["ごめん", "お願い"] },
];

export const GUEST = "ゲスト";
export const PLACE = { title: "東京駅", address: "東京都千代田区丸の内1丁目", latitude: 35.681236, longitude: 139.767125 };
