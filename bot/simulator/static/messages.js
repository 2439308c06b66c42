/** Draws messages other than Flex: texts, stickers, pictures, places, templates. */

import { el, icon, linked, picture, safeUrl } from "./dom.js";
import { drawFlex } from "./flex.js";
import { STICKERS } from "./words.js";

/** A message as an element; what this page does not know shows its alternative text. */
export function drawMessage(message, actions) {
  const make = DRAWERS[message.type];
  return make ? make(message, actions) : bubble(message.altText ?? "(この画面では表示できないメッセージです)");
}

/** Whether a message is wide, so that its time stands below. */
export const isWide = (message) => ["flex", "template", "imagemap", "location", "video"].includes(message.type);

const bubble = (text) => el("div.bubble", {}, ...linked(String(text ?? "")));

const DRAWERS = {
  text: (message) => bubble(message.text),

  textV2(message) {
    const given = message.substitution ?? {};
    const text = String(message.text ?? "").replace(/\{\{|\}\}|\{(\w+)\}/g, (found, name) => {
      if (!name) return found[0];
      return given[name]?.type === "mention" ? "@メンバー" : "🙂";
    });
    return bubble(text);
  },

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
    return url ? el("audio", { src: url, controls: true, preload: "none" }) : stand("smile", "ボイスメッセージ", "");
  },

  file: (message) => stand("copy", message.fileName, `${message.fileSize} バイト`),
  location: (message) => stand("place", message.title || "位置情報", message.address || `${message.latitude}, ${message.longitude}`),
  flex: (message, actions) => drawFlex(message.contents, message.altText, actions),
  template: (message, actions) => drawTemplate(message.template ?? {}, message.altText, actions),
  imagemap: (message) => el("div.frame", {}, picture(`${message.baseUrl}/1040`, message.altText, "photo")),
  coupon: () => bubble("クーポン"),
};

function stand(name, title, text) {
  return el("div.stand", {}, icon(name), el("div", {}, el("strong", {}, title), el("span", {}, text)));
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
  const words = el(
    "div.words", {}, card.title && el("strong", {}, card.title), el("p", {}, String(card.text ?? "")),
  );
  const top = actions.makeTappable(el("div", {}, image, words), card.defaultAction);
  const buttons = (card.actions ?? []).map((action) =>
    actions.makeTappable(el("button", { type: "button" }, String(action.label ?? "")), action));
  const kind = template.type === "confirm" ? "div.buttons.beside" : "div.buttons";
  return el("div.card", {}, top, el(kind, {}, ...buttons));
}
