/** Draws messages other than Flex: texts, stickers, pictures, places, templates. */

import { el, icon, picture, safeUrl } from "./dom.js";
import { drawFlex } from "./flex.js";
import { colour } from "./flex-style.js";
import { STICKERS } from "./stickers.js";
import { quoteOf, substitutedNodes, textNodes } from "./words-in.js";

/** A message as an element; what this page does not know shows its alternative text. `quoted` is what it answers to. */
export function drawMessage(message, actions, quoted = null) {
  const make = Object.hasOwn(DRAWERS, message.type) ? DRAWERS[message.type] : null;
  const drawn = make ? make(message, actions) : bubble([message.altText ?? "(この画面では表示できないメッセージです)"]);
  if (quoted && drawn.classList.contains("bubble")) drawn.prepend(quoteOf(quoted));
  return drawn;
}

/** A message in a few words, as a quotation of it shows them. */
export function inWords(message) {
  return String(message.text ?? message.altText ?? message.fileName ?? KINDS[message.type] ?? "メッセージ").slice(0, 100);
}

const KINDS = {
  sticker: "スタンプ", image: "写真", video: "動画", audio: "ボイスメッセージ", location: "位置情報", coupon: "クーポン",
};

/** Whether a message is wide, so that its time stands below. */
export const isWide = (message) => ["flex", "template", "imagemap", "location", "video"].includes(message.type);

const bubble = (nodes) => el("div.bubble", {}, ...nodes);

const DRAWERS = {
  text: (message) => bubble(textNodes(message)),
  textV2: (message) => bubble(substitutedNodes(message)),

  sticker(message) {
    const known = STICKERS.find((one) => one.packageId === message.packageId && one.stickerId === message.stickerId);
    if (known) return el("div.sticker", { role: "img", "aria-label": `スタンプ ${known.name}` }, known.face);
    return el("div.sticker.unknown", {}, "スタンプ", el("small", {}, `${message.packageId} / ${message.stickerId}`));
  },

  image(message) {
    if (!message.originalContentUrl) return stand("image", "写真", "お試し用の画像");
    const url = safeUrl(message.originalContentUrl, ["https:", "http:"]);
    const shown = picture(message.previewImageUrl ?? message.originalContentUrl, "画像", "photo");
    return url ? el("a.frame", { href: url, target: "_blank", rel: "noopener noreferrer" }, shown) : shown;
  },

  video(message) {
    const url = safeUrl(message.originalContentUrl, ["https:"]);
    if (!url) return stand("image", "動画", "お試し用の動画");
    return el("video.photo", { src: url, poster: safeUrl(message.previewImageUrl) ?? "", controls: true, preload: "none" });
  },

  audio(message) {
    const url = safeUrl(message.originalContentUrl, ["https:"]);
    return url
      ? el("audio", { src: url, controls: true, preload: "none" })
      : stand("voice", "ボイスメッセージ", message.duration > 0 ? `${Math.ceil(message.duration / 1000)}秒` : "");
  },

  file: (message) => stand("file", String(message.fileName ?? "ファイル"), `${message.fileSize} バイト`),
  location: (message) => stand("place", message.title || "位置情報", message.address || `${message.latitude}, ${message.longitude}`),
  flex: (message, actions) => drawFlex(message.contents, message.altText, actions),
  template: (message, actions) => drawTemplate(message.template ?? {}, message.altText, actions),
  imagemap: (message, actions) => drawImagemap(message, actions),
  coupon: () => stand("copy", "クーポン", ""),
};

function stand(name, title, text) {
  return el("div.stand", {}, icon(name), el("div", {}, el("strong", {}, title), el("span", {}, text)));
}

/** A picture with areas to tap; a video on it is not played. */
function drawImagemap({ baseUrl, baseSize, altText, actions: areas }, actions) {
  const size = { width: baseSize?.width > 0 ? baseSize.width : 1040, height: baseSize?.height > 0 ? baseSize.height : 1040 };
  const frame = el("div.imagemap", {}, picture(`${baseUrl}/1040`, altText));
  frame.style.aspectRatio = String(size.width / size.height);
  for (const { area, linkUri, ...action } of areas ?? []) {
    const button = el("button.imagemap-area", { type: "button", "aria-label": action.label || action.text || linkUri || altText });
    const percent = (part, whole) => `${(100 * Number(part ?? 0)) / whole}%`;
    button.style.left = percent(area?.x, size.width);
    button.style.top = percent(area?.y, size.height);
    button.style.width = percent(area?.width, size.width);
    button.style.height = percent(area?.height, size.height);
    frame.append(actions.makeTappable(button, { ...action, uri: linkUri }));
  }
  return frame;
}

function drawTemplate(template, altText, actions) {
  switch (template.type) {
    case "carousel":
      return row(altText, template.columns, (column) => drawCard(column, template, actions));
    case "image_carousel":
      return row(altText, template.columns, ({ imageUrl, action }) => {
        const caption = action?.label ? el("span.caption", {}, action.label) : null;
        const card = el("button.card.square", { type: "button" }, picture(imageUrl, action?.label ?? "画像"), caption);
        return actions.makeTappable(card, action);
      });
    default:
      return drawCard(template, template, actions);
  }
}

const row = (altText, columns, make) =>
  el("div.carousel", { role: "group", tabIndex: 0, "aria-label": altText }, ...(columns ?? []).map(make));

function drawCard(card, template, actions) {
  const url = card.thumbnailImageUrl;
  const image = url ? el("div.thumb", {}, picture(url, card.title ?? "画像")) : null;
  if (image && template.imageAspectRatio === "square") image.classList.add("square");
  if (image && template.imageSize === "contain") image.classList.add("contain");
  if (image) image.style.backgroundColor = colour(card.imageBackgroundColor);
  const words = el(
    "div.words", {}, card.title && el("strong", {}, card.title), el("p", {}, String(card.text ?? "")),
  );
  const top = actions.makeTappable(el("div", {}, image, words), card.defaultAction);
  const buttons = (card.actions ?? []).map((action) =>
    actions.makeTappable(el("button", { type: "button" }, String(action.label ?? "")), action));
  const kind = template.type === "confirm" ? "div.buttons.beside" : "div.buttons";
  return el("div.card", {}, top, el(kind, {}, ...buttons));
}
