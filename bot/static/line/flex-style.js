/** Turns the properties of Flex components into styles: only known words, numbers and colours; the rest changes nothing. */

const SPACE = { none: "0px", xs: "2px", sm: "4px", md: "8px", lg: "12px", xl: "16px", xxl: "20px" };
const FONT = {
  xxs: "11px", xs: "13px", sm: "14px", md: "16px", lg: "19px", xl: "22px", xxl: "29px",
  "3xl": "35px", "4xl": "48px", "5xl": "74px",
};
const PICTURE = {
  xxs: "40px", xs: "60px", sm: "80px", md: "100px", lg: "120px", xl: "140px", xxl: "160px",
  "3xl": "180px", "4xl": "200px", "5xl": "220px", full: "100%",
};
const BORDER = { none: "0px", light: "0.5px", normal: "1px", medium: "2px", "semi-bold": "3px", bold: "4px" };
const ALIGN = { start: "flex-start", center: "center", end: "flex-end" };
const GRAVITY = { top: "flex-start", center: "center", bottom: "flex-end" };
const CONTENT_GRAVITY = { top: "start", center: "center", bottom: "end" };
const JUSTIFY = ["flex-start", "center", "flex-end", "space-between", "space-around", "space-evenly"];
const LENGTH = /^-?\d{1,6}(\.\d{1,4})?(px|%)$/;
const COLOUR = /^#([0-9a-f]{6}|[0-9a-f]{8})$/i;
const ANGLE = /^\d{1,3}(\.\d{1,4})?deg$/;
const RATIO = /^(\d{1,6}(?:\.\d{1,4})?):(\d{1,6}(?:\.\d{1,4})?)$/;

const word = (words, value) => (typeof value === "string" && Object.hasOwn(words, value) ? words[value] : "");
const measure = (value, words = SPACE) => word(words, value) || (LENGTH.test(value) ? value : "");
const oneOf = (words, value) => (words.includes(value) ? value : "");
const whole = (value) => (Number.isInteger(value) && value >= 0 ? value : undefined);

/** `value` if it is a colour as LINE writes them, else nothing. */
export const colour = (value) => (COLOUR.test(value) ? value : "");

/** "20:13" as a number; 1 where it is none. */
export function ratio(value) {
  const [, across, down] = RATIO.exec(value) ?? [];
  return across > 0 && down > 0 ? across / down : 1;
}

const OFFSETS = [
  ["offsetTop", "top"], ["offsetBottom", "bottom"],
  ["offsetStart", "insetInlineStart"], ["offsetEnd", "insetInlineEnd"],
];
const PADDINGS = [
  ["paddingAll", "padding"], ["paddingTop", "paddingTop"], ["paddingBottom", "paddingBottom"],
  ["paddingStart", "paddingInlineStart"], ["paddingEnd", "paddingInlineEnd"],
];

/** How a component sits in its parent box: its share of the room, its distance, its offsets. */
export function itemStyle(element, part, parent, index) {
  const style = element.style;
  const vertical = parent.layout === "vertical";
  const share = whole(part.flex) ?? defaultShare(part, parent);
  // A box with a size of its own takes no share.
  const fixed = part.type === "box" && measure(vertical ? part.height : part.width);
  if (share > 0 && !fixed) style.flex = vertical ? `${share} 1 auto` : `${share} 1 0`;
  else style.flex = "0 0 auto";
  const margin = measure(part.margin ?? (index > 0 ? parent.spacing : undefined));
  if (margin && part.position !== "absolute") style[vertical ? "marginTop" : "marginInlineStart"] = margin;
  if (parent.layout === "horizontal") style.alignSelf = word(GRAVITY, part.gravity);
  if (part.position === "absolute") style.position = "absolute";
  else if (OFFSETS.some(([key]) => part[key])) style.position = "relative";
  for (const [key, property] of OFFSETS) style[property] = measure(part[key]);
}

function defaultShare(part, parent) {
  if (part.type === "separator" || part.type === "icon") return 0;
  if (part.type === "filler") return 1;
  return parent.layout === "vertical" ? 0 : 1;
}

export function boxStyle(element, box) {
  const style = element.style;
  element.classList.add(`fx-${oneOf(["horizontal", "baseline"], box.layout) || "vertical"}`);
  style.backgroundColor = colour(box.backgroundColor);
  if (box.background?.type === "linearGradient") style.backgroundImage = gradient(box.background);
  if (box.borderWidth || box.borderColor) {
    style.border = `${measure(box.borderWidth ?? "normal", BORDER) || "1px"} solid ${colour(box.borderColor) || "#d4d9de"}`;
  }
  if (measure(box.cornerRadius)) {
    style.borderRadius = measure(box.cornerRadius);
    style.overflow = "hidden";
  }
  for (const key of ["width", "maxWidth", "height", "maxHeight"]) style[key] = measure(box[key]);
  for (const [key, property] of PADDINGS) if (measure(box[key])) style[property] = measure(box[key]);
  style.justifyContent = oneOf(JUSTIFY, box.justifyContent);
  style.alignItems = oneOf(["flex-start", "center", "flex-end"], box.alignItems);
}

function gradient({ angle, startColor, centerColor, centerPosition, endColor }) {
  const turn = ANGLE.test(angle) ? angle : "0deg";
  const middle = colour(centerColor) ? `${colour(centerColor)} ${measure(centerPosition) || "50%"}, ` : "";
  return `linear-gradient(${turn}, ${colour(startColor) || "transparent"}, ${middle}${colour(endColor) || "transparent"})`;
}

/** How letters look, of a whole text or of a span in it. */
export function letterStyle(element, text) {
  const style = element.style;
  style.fontSize = measure(text.size, FONT);
  style.color = colour(text.color);
  style.fontWeight = word({ regular: "400", bold: "700" }, text.weight);
  style.fontStyle = oneOf(["normal", "italic"], text.style);
  style.textDecoration = oneOf(["none", "underline", "line-through"], text.decoration);
}

/** `inner` holds the letters; `element` around it is what the box places. */
export function textStyle(element, inner, text) {
  letterStyle(element, text);
  element.style.textAlign = oneOf(["start", "center", "end"], text.align);
  element.style.alignContent = word(CONTENT_GRAVITY, text.gravity);
  if (text.wrap !== true) return;
  element.classList.add("fx-wrap");
  const spacing = measure(text.lineSpacing, {});
  if (spacing.endsWith("px")) {
    // Between the lines only: half of it above the first and below the last one is taken back.
    inner.style.lineHeight = `calc(1.4em + ${spacing})`;
    inner.style.marginBlock = `${-Number.parseFloat(spacing) / 2}px`;
  }
  if (whole(text.maxLines)) {
    inner.classList.add("fx-clamp");
    inner.style.webkitLineClamp = String(text.maxLines);
  }
}

export function buttonStyle(element, button) {
  const kind = oneOf(["primary", "secondary"], button.style) || "link";
  element.classList.add(`fx-${kind}`, button.height === "sm" ? "fx-low" : "fx-high");
  element.style[kind === "link" ? "color" : "backgroundColor"] = colour(button.color);
}

/** The frame keeps the picture's shape; the element around it aligns the frame. */
export function pictureStyle(element, frame, image) {
  frame.style.width = measure(image.size ?? "md", PICTURE) || PICTURE.md;
  frame.style.aspectRatio = String(ratio(image.aspectRatio));
  frame.style.backgroundColor = colour(image.backgroundColor);
  if (image.aspectMode === "cover") frame.classList.add("fx-cover");
  element.style.justifyContent = word(ALIGN, image.align) || "center";
  element.style.alignItems = word(GRAVITY, image.gravity);
}

export function iconStyle(frame, icon) {
  frame.style.height = measure(icon.size ?? "md", FONT) || FONT.md;
  frame.style.aspectRatio = String(ratio(icon.aspectRatio));
}

export function blockStyle(block, style) {
  block.style.backgroundColor = colour(style.backgroundColor);
  if (style.separator === true) block.style.borderTop = `1px solid ${colour(style.separatorColor) || "#d4d9de"}`;
}
