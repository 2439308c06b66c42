/** Draws Flex messages: bubbles and carousels of boxes, texts, buttons and pictures. */

import { el, picture } from "./dom.js";
import { blockStyle, boxStyle, buttonStyle, itemStyle, pictureStyle, textStyle } from "./flex-style.js";

/** A Flex container as an element. */
export function drawFlex(container, altText, actions) {
  if (container?.type === "carousel") {
    const bubbles = (container.contents ?? []).map((bubble) => drawBubble(bubble, actions));
    return el("div.carousel", { role: "group", tabIndex: 0, "aria-label": altText }, ...bubbles);
  }
  return drawBubble(container ?? {}, actions);
}

function drawBubble(bubble, actions) {
  const card = el("div.fx-bubble");
  card.classList.add(`fx-${SIZES.has(bubble.size) ? bubble.size : "mega"}`);
  card.dir = bubble.direction === "rtl" ? "rtl" : "ltr";
  for (const name of ["header", "hero", "body", "footer"]) {
    if (!bubble[name]) continue;
    const style = bubble.styles?.[name] ?? {};
    const block = el(`div.fx-block.fx-${name}`, {}, draw(bubble[name], { layout: "vertical", spacing: "none" }, 0, actions));
    blockStyle(block, style);
    card.append(block);
  }
  return actions.makeTappable(card, bubble.action);
}

const SIZES = new Set(["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"]);

/** One component, placed as the child number `index` of the box `parent`. */
function draw(part, parent, index, actions) {
  const make = DRAWERS[part?.type];
  if (!make) return el("span");
  const element = make(part, parent, actions);
  itemStyle(element, part, parent, index);
  return element;
}

const DRAWERS = {
  box(box, _parent, actions) {
    const children = (box.contents ?? []).map((child, index) => draw(child, box, index, actions));
    const element = el("div.fx-box", {}, ...children);
    boxStyle(element, box);
    return actions.makeTappable(element, box.action);
  },

  text(text, _parent, actions) {
    const spans = text.contents?.length ? text.contents.map(drawSpan) : [String(text.text ?? "")];
    const inner = el("span.fx-letters", {}, ...spans);
    const element = el("div.fx-text", {}, inner);
    textStyle(element, inner, text);
    return actions.makeTappable(element, text.action);
  },

  button(button, _parent, actions) {
    const element = el("button.fx-button", { type: "button" }, String(button.action?.label ?? ""));
    buttonStyle(element, button);
    return actions.makeTappable(element, button.action);
  },

  image(image, _parent, actions) {
    const frame = el("div.fx-image", {}, picture(image.url, image.action?.label ?? "画像"));
    const element = el("div.fx-picture", {}, frame);
    pictureStyle(element, frame, image);
    if (image.action) actions.makeTappable(frame, image.action);
    return element;
  },

  video(video, parent, actions) {
    return draw(video.altContent ?? { type: "image", url: video.previewUrl, size: "full" }, parent, 0, actions);
  },

  icon(icon) {
    const frame = el("span.fx-icon", {}, picture(icon.url, ""));
    pictureStyle(frame, frame, { ...icon, size: icon.size ?? "md" });
    return frame;
  },

  separator(separator, parent) {
    const line = el("div.fx-separator", { role: "presentation" });
    line.classList.add(parent.layout === "vertical" ? "fx-across" : "fx-down");
    if (separator.color) line.style.backgroundColor = separator.color;
    return line;
  },

  filler: () => el("div.fx-filler"),
};

function drawSpan(span) {
  const element = el("span", {}, String(span.text ?? ""));
  textStyle(element, element, { ...span, align: undefined });
  return element;
}
