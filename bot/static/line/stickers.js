/** The few stickers that these pages can draw. */

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
