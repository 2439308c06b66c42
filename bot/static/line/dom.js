/** Makes elements without ever parsing HTML: whatever a message says stays text. */

const SVG = "http://www.w3.org/2000/svg";

/** An element of `tag` ("div.class.other") with properties, attributes (key with "-", or "role") and children. */
export function el(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key === "on") for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    else if (key === "role" || key.includes("-")) element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** One of the page's own line icons. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

const { publicUrl } = document.body.dataset;

/** `raw` if it is an address with one of `schemes`, else null; the bot's own pages come from this origin. */
export function safeUrl(raw, schemes = ["https:", "http:", "tel:", "line:", "mailto:"]) {
  try {
    const url = new URL(String(raw));
    if (!schemes.includes(url.protocol)) return null;
    if (publicUrl && url.origin === new URL(publicUrl).origin) {
      return new URL(url.pathname + url.search + url.hash, location.origin).href;
    }
    return url.href;
  } catch {
    return null;
  }
}

/** A picture that gives way to `fallback` text when it cannot be had. */
export function picture(raw, fallback, className = "") {
  const url = safeUrl(raw, ["https:", "http:"]);
  const missing = () => el("span.missing", { role: "img", "aria-label": fallback }, icon("image"), fallback);
  if (!url) return missing();
  const image = el("img", { src: url, alt: fallback, className, decoding: "async", referrerPolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(missing()), { once: true });
  return image;
}

const LINK = /https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/g;

/** `text` as nodes, its web addresses as links that open beside this page. */
export function linked(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0].replace(/[.,;:!?)\]]+$/, "");
    const url = safeUrl(address);
    if (!url) continue;
    nodes.push(text.slice(end, found.index));
    nodes.push(el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, address));
    end = found.index + address.length;
  }
  nodes.push(text.slice(end));
  return nodes;
}
