/** Turns the properties of Flex components into styles; unknown values change nothing. */

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
const LENGTH = /^-?\d+(\.\d+)?(px|%)$/;
const COLOUR = /^#([0-9a-f]{6}|[0-9a-f]{8})$/i;

const measure = (value, words = SPACE) => words[value] ?? (LENGTH.test(value ?? "") ? value : "");
const colour = (value) => (COLOUR.test(value ?? "") ? value : "");

/** How a component sits in its parent box: its share of the room, its distance, its offsets. */
export function itemStyle(element, part, parent, index) {
  const style = element.style;
  const vertical = parent.layout === "vertical";
  const share = part.flex ?? defaultShare(part, parent);
  const fixed = part.type === "box" && part.width && !vertical;
  if (share > 0 && !fixed) style.flex = vertical ? `${share} 1 auto` : `${share} 1 0`;
  else style.flex = "0 0 auto";
  const margin = measure(part.margin ?? (index > 0 ? parent.spacing : undefined));
  if (margin && part.position !== "absolute") style[vertical ? "marginTop" : "marginInlineStart"] = margin;
  if (!vertical && part.gravity && parent.layout === "horizontal") style.alignSelf = GRAVITY[part.gravity] ?? "";
  if (part.position === "absolute") style.position = "absolute";
  else if (OFFSETS.some(([key]) => part[key])) style.position = "relative";
  for (const [key, property] of OFFSETS) if (part[key]) style[property] = measure(part[key]);
}

const OFFSETS = [
  ["offsetTop", "top"], ["offsetBottom", "bottom"],
  ["offsetStart", "insetInlineStart"], ["offsetEnd", "insetInlineEnd"],
];

function defaultShare(part, parent) {
  if (part.type === "separator" || part.type === "icon") return 0;
  if (part.type === "filler") return 1;
  return parent.layout === "vertical" ? 0 : 1;
}

export function boxStyle(element, box) {
  const style = element.style;
  element.classList.add(`fx-${["horizontal", "baseline"].includes(box.layout) ? box.layout : "vertical"}`);
  style.backgroundColor = colour(box.backgroundColor);
  if (box.background?.type === "linearGradient") style.backgroundImage = gradient(box.background);
  if (box.borderWidth || box.borderColor) {
    style.border = `${measure(box.borderWidth ?? "normal", BORDER)} solid ${colour(box.borderColor) || "#d4d9de"}`;
  }
  if (box.cornerRadius) {
    style.borderRadius = measure(box.cornerRadius);
    style.overflow = "hidden";
  }
  for (const key of ["width", "maxWidth", "height", "maxHeight"]) if (box[key]) style[key] = measure(box[key]);
  for (const [key, property] of PADDINGS) if (box[key]) style[property] = measure(box[key]);
  if (box.justifyContent) style.justifyContent = box.justifyContent;
  if (box.alignItems) style.alignItems = box.alignItems;
}

const PADDINGS = [
  ["paddingAll", "padding"], ["paddingTop", "paddingTop"], ["paddingBottom", "paddingBottom"],
  ["paddingStart", "paddingInlineStart"], ["paddingEnd", "paddingInlineEnd"],
];

function gradient({ angle, startColor, centerColor, centerPosition, endColor }) {
  const turn = /^\d+(\.\d+)?deg$/.test(angle ?? "") ? angle : "0deg";
  const middle = colour(centerColor) ? `${colour(centerColor)} ${measure(centerPosition) || "50%"}, ` : "";
  return `linear-gradient(${turn}, ${colour(startColor) || "transparent"}, ${middle}${colour(endColor) || "transparent"})`;
}

export function textStyle(element, inner, text) {
  const style = element.style;
  if (text.size) style.fontSize = measure(text.size, FONT);
  style.color = colour(text.color);
  if (text.weight) style.fontWeight = text.weight === "bold" ? "700" : "400";
  if (text.style) style.fontStyle = text.style === "italic" ? "italic" : "normal";
  if (text.decoration) style.textDecoration = DECORATIONS.has(text.decoration) ? text.decoration : "";
  if (text.align) style.textAlign = text.align;
  if (text.wrap) element.classList.add("fx-wrap");
  if (text.gravity) style.alignContent = GRAVITY[text.gravity] ?? "";
  if (text.lineSpacing) style.lineHeight = `calc(1.25em + ${measure(text.lineSpacing)})`;
  if (text.wrap && text.maxLines > 0) {
    inner.classList.add("fx-clamp");
    inner.style.webkitLineClamp = String(text.maxLines);
  }
}

const DECORATIONS = new Set(["none", "underline", "line-through"]);

export function buttonStyle(element, button) {
  element.classList.add(`fx-${["primary", "secondary"].includes(button.style) ? button.style : "link"}`);
  element.classList.add(button.height === "sm" ? "fx-low" : "fx-high");
  const own = colour(button.color);
  if (!own) return;
  if (button.style === "primary" || button.style === "secondary") element.style.backgroundColor = own;
  else element.style.color = own;
}

/** The frame keeps the picture's shape; the element around it aligns the frame. */
export function pictureStyle(element, frame, image) {
  const isIcon = image.type === "icon";
  const width = measure(image.size ?? "md", isIcon ? FONT : PICTURE);
  const [across, down] = String(image.aspectRatio ?? "1:1").split(":").map(Number);
  const ratio = across > 0 && down > 0 ? across / down : 1;
  if (isIcon) {
    frame.style.height = width;
    frame.style.aspectRatio = String(ratio);
    return;
  }
  frame.style.width = width;
  frame.style.aspectRatio = String(ratio);
  frame.style.backgroundColor = colour(image.backgroundColor);
  if (image.aspectMode === "cover") frame.classList.add("fx-cover");
  element.style.justifyContent = ALIGN[image.align] ?? "center";
  if (image.gravity) element.style.alignItems = GRAVITY[image.gravity] ?? "";
}

export function blockStyle(block, style) {
  block.style.backgroundColor = colour(style.backgroundColor);
  if (style.separator) block.style.borderTop = `1px solid ${colour(style.separatorColor) || "#d4d9de"}`;
}
