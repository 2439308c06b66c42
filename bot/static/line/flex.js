/** Draws Flex messages: bubbles and carousels of boxes, texts, buttons and pictures. */

import { el, picture, safeUrl } from "./dom.js";
import { keepFitting } from "./flex-fit.js";
import {
  blockStyle, boxStyle, buttonStyle, colour, iconStyle, itemStyle, letterStyle, pictureStyle, textStyle,
} from "./flex-style.js";

const SIZES = ["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"];
const DEEPEST = 40;

/** A Flex container as an element. */
export function drawFlex(container, altText, actions) {
  if (container?.type === "carousel") {
    const bubbles = list(container.contents).map((bubble) => drawBubble(bubble ?? {}, actions));
    return el("div.carousel", { role: "group", tabIndex: 0, "aria-label": altText }, ...bubbles);
  }
  return drawBubble(container ?? {}, actions);
}

const list = (value) => (Array.isArray(value) ? value : []);

function drawBubble(bubble, actions) {
  const card = el(`div.fx-bubble.fx-${SIZES.includes(bubble.size) ? bubble.size : "mega"}`);
  card.dir = bubble.direction === "rtl" ? "rtl" : "ltr";
  for (const name of ["header", "hero", "body", "footer"]) {
    if (!bubble[name]) continue;
    const drawn = draw(bubble[name], { layout: "vertical", depth: 0 }, 0, actions);
    const block = el(`div.fx-block.fx-${name}`, {}, drawn);
    blockStyle(block, bubble.styles?.[name] ?? {});
    card.append(block);
  }
  return actions.makeTappable(card, bubble.action);
}

/** One component, placed as the child number `index` of the box `parent`. */
function draw(part, parent, index, actions) {
  const known = typeof part?.type === "string" && Object.hasOwn(DRAWERS, part.type) && parent.depth < DEEPEST;
  if (!known) return el("span");
  const element = DRAWERS[part.type](part, parent, actions);
  itemStyle(element, part, parent, index);
  return element;
}

const DRAWERS = {
  box(box, { depth }, actions) {
    const layout = ["horizontal", "baseline"].includes(box.layout) ? box.layout : "vertical";
    const parent = { layout, spacing: box.spacing, depth: depth + 1 };
    const element = el("div.fx-box", {}, ...list(box.contents).map((child, index) => draw(child, parent, index, actions)));
    boxStyle(element, box);
    return actions.makeTappable(element, box.action);
  },

  text(text, _parent, actions) {
    const spans = list(text.contents).map(drawSpan);
    const inner = el("span.fx-letters", {}, ...(spans.length ? spans : [String(text.text ?? "")]));
    const element = el("div.fx-text", {}, inner);
    textStyle(element, inner, text);
    if (text.adjustMode === "shrink-to-fit" && text.wrap !== true) keepFitting(inner);
    return actions.makeTappable(element, text.action);
  },

  button(button, _parent, actions) {
    const label = el("span.fx-letters", {}, String(button.action?.label ?? ""));
    const element = el("button.fx-button", { type: "button" }, label);
    buttonStyle(element, button);
    if (button.adjustMode === "shrink-to-fit") keepFitting(label);
    return actions.makeTappable(element, button.action);
  },

  image(image, _parent, actions) {
    const frame = el("div.fx-image", {}, picture(image.url, image.action?.label ?? "画像"));
    const element = el("div.fx-picture", {}, frame);
    pictureStyle(element, frame, image);
    if (image.action) actions.makeTappable(frame, image.action);
    return element;
  },

  /** The still with a mark to play; what `altContent` has for older phones where there is none. */
  video(video, parent, actions) {
    if (!safeUrl(video.previewUrl)) return draw(video.altContent, parent, 0, actions);
    const still = { url: video.previewUrl, size: "full", aspectRatio: video.aspectRatio, aspectMode: "cover" };
    const element = DRAWERS.image(still, parent, actions);
    const frame = element.firstElementChild;
    frame.classList.add("fx-video");
    frame.append(actions.makeTappable(
      el("button.fx-play", { type: "button", "aria-label": "動画を再生" }), { type: "uri", uri: video.url },
    ));
    if (video.action?.label) {
      frame.append(actions.makeTappable(el("button.fx-after", { type: "button" }, String(video.action.label)), video.action));
    }
    return element;
  },

  icon(icon) {
    const frame = el("span.fx-icon", {}, picture(icon.url, ""));
    iconStyle(frame, icon);
    return frame;
  },

  separator(separator, parent) {
    const line = el("div.fx-separator", { role: "presentation" });
    line.classList.add(parent.layout === "vertical" ? "fx-across" : "fx-down");
    line.style.backgroundColor = colour(separator.color);
    return line;
  },

  filler: () => el("div.fx-filler"),
};

function drawSpan(span) {
  const element = el("span", {}, String(span?.text ?? ""));
  letterStyle(element, span ?? {});
  return element;
}
