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

export const GUEST = "ゲスト";

export const PEOPLE = {
  add: "人を追加",
  beside: "もう1人を横に並べる",
  alone: "横の画面を閉じる",
  ask: {
    title: "人を追加しますか?",
    text: "名前を決めて、友だち追加から始めます。いまの人には、上の名前からいつでも戻れます。",
    yes: "追加する",
  },
};

export const DEVICE = { toPc: "パソコン版LINEで見る", toPhone: "スマートフォン版LINEで見る" };
export const PLACE = { title: "東京駅", address: "東京都千代田区丸の内1丁目", latitude: 35.681236, longitude: 139.767125 };

const moment = new Intl.DateTimeFormat("ja-JP", {
  month: "long", day: "numeric", weekday: "short", hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone,
});

/** "11月22日(日) 18:40". */
export const momentOf = (at) => moment.format(at);

/** "7日2時間先", or nothing where the clock is right to the minute. */
export function aheadOf(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return "";
  const parts = [[Math.floor(minutes / 1440), "日"], [Math.floor((minutes % 1440) / 60), "時間"], [minutes % 60, "分"]];
  const told = parts.filter(([count]) => count > 0).slice(0, 2).map(([count, unit]) => `${count}${unit}`);
  return `${told.join("")}先`;
}

export const STEPS = [
  ["ten-minutes", "+10分"],
  ["reminder", "次のリマインダーまで"],
  ["morning", "あすの朝 07:00"],
  ["week", "+1週間"],
];

export const CLOCK = {
  winding: (until) => `${until} まで進めています…`,
  wound: "進めました。",
  startOver: "最初からやり直す",
  ask: {
    title: "最初からやり直しますか?",
    text: "時計は戻せないため、全員のトーク・リマインダー・記録を消して、実際の時刻から始めます。スタッフのアカウントと、編集した内容は残ります。",
    yes: "消して始める",
  },
  startingOver: "最初からやり直しています…",
  begun: "最初からやり直しました。",
  refusals: {
    busy: "時計を進めている途中です。",
    "no-reminder": "このあと届くリマインダーはありません。",
    "not-own": "このデータベースには、この画面で作られたのではないデータがあるため、時計を進められません。",
  },
  failed: "最後まで進められませんでした。もう一度お試しください。",
};

const second = new Intl.DateTimeFormat("ja-JP", {
  month: "numeric", day: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone,
});
const calendarDay = new Intl.DateTimeFormat("ja-JP", { month: "long", day: "numeric", weekday: "short", timeZone: "UTC" });

/** "11/22 18:40:05". */
export const secondOf = (at) => second.format(at);
/** "11月22日(日)" of "2026-11-22". */
export const nameOfDay = (iso) => calendarDay.format(Date.parse(iso));

export const TROUBLES = [
  ["error", "500 エラー", "LINEの側の不具合。受け付けられません。"],
  ["rate", "429 送りすぎ", "一度に多く送りすぎたとして断られます。"],
  ["month", "429 通数切れ", "今月の通数を使い切ったとして断られます。"],
  ["silence", "応答なし", "受け付けられず、返事もありません。"],
  ["taken", "受付後に応答なし", "受け付けられますが、返事がありません。"],
  ["blocked", "知らないうちのブロック", "受け付けられますが、相手には届きません。"],
  ["redelivery", "イベントの再送", "同じイベントがもう一度届きます。"],
  ["reorder", "イベントの順序違い", "次のイベントが先に届きます。"],
  ["standby", "スタンバイ", "別のボットが応対中。返信の権利がありません。"],
];
export const MODES = { next: "次の1回", on: "続ける" };

export const DESK = {
  active: (told) => `わざと起こしています: ${told}`,
  used: (used, limit) => (limit === null ? `${used}通（上限なし）` : `${used} / ${limit}通`),
  nothing: "まだありません。",
  elsewhere: "ボットが別に動いているため、分かりません。",
  counted: (count) => (count ? `${count}通` : "無料"),
  more: "くわしく",
  meaning: "読みとり",
  toLine: "ボット → LINE",
  toBot: "LINE → ボット",
  redelivery: "再送",
  standby: "スタンバイ",
  failed: "切り替えられませんでした。",
  broken: { silence: "応答なし", close: "途中で切断", hangup: "切断", rubbish: "壊れた応答" },
  reasons: { COULD_NOT_CONNECT: "つながらない", REQUEST_TIMEOUT: "時間切れ", UNCLASSIFIED: "失敗" },
  endpoints: {
    reply: "返信", push: "プッシュ", multicast: "一斉送信", broadcast: "全員への送信", loading: "入力中の表示",
    profile: "表示名", quota: "通数の上限", consumption: "使った通数", insight: "友だちの数", followers: "友だちの一覧",
  },
  events: {
    message: "メッセージ", postback: "ボタン", follow: "友だち追加", unfollow: "ブロック", unsend: "送信取消",
    join: "グループに参加", leave: "グループから退出", messageEdited: "編集",
  },
  labels: {
    path: "宛先", request_id: "リクエストID", retry_key: "再試行キー", event_id: "イベントID", to: "相手", chat: "相手",
  },
};
