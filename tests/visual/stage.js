/** Shows what a test gives on the chat page, without a program behind it, and measures what was drawn. */

import { Actions } from "./actions.js";
import { Composer } from "./composer.js";
import { RichMenu } from "./richmenu.js";
import { Talk } from "./talk.js";

const done = [];
const page = {
  api: { userId: `U${"0".repeat(32)}` },
  act: (name, given) => Promise.resolve(done.push({ name, ...given })),
  toast() {},
  fill() {},
  ask: () => Promise.resolve(null),
  richMenu: { fold: (folded) => done.push({ folded }) },
};
const actions = new Actions(page);
const talk = new Talk({ actions, onUnsend() {} });
const composer = new Composer(page, actions);
page.talk = talk;
page.actions = actions;

async function isDrawn() {
  // A loaded picture may still be decoded beside the page and appear some frames later; a broken one is drawn as such.
  const images = [...document.querySelectorAll(".phone img")];
  await Promise.all(images.map((image) => image.decode().catch(() => {})));
  await document.fonts.ready;
  // Two frames: in the first one sizes are observed, in the second the page has answered to them.
  await new Promise((ready) => requestAnimationFrame(() => requestAnimationFrame(ready)));
}

/** The component at a path such as "body.1.0", "footer.0.letters" or, in a carousel, "2/body". */
function find(path) {
  const [, number, rest] = /^(?:(\d+)\/)?(.*)$/.exec(path);
  const bubble = document.querySelectorAll(".fx-bubble")[Number(number ?? 0)];
  return rest.split(".").filter(Boolean).reduce((found, part) => {
    if (part === "frame") return found.firstElementChild;
    if (part === "letters") return found.querySelector(".fx-letters");
    if (/^\d+$/.test(part)) return [...found.children].filter((child) => !child.matches(".reach"))[Number(part)];
    return found.querySelector(`:scope > .fx-${part} > *`);
  }, bubble);
}

function lines(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const end = element.getBoundingClientRect().bottom;
  const middles = [...range.getClientRects()].filter(({ top }) => top < end - 2).map(({ top, bottom }) => (top + bottom) / 2);
  const rows = [];
  for (const middle of middles.sort((a, b) => a - b)) if (!rows.length || middle - rows.at(-1) > 8) rows.push(middle);
  return rows.length;
}

const FACTS = {
  width: ({ box }) => box.width,
  height: ({ box }) => box.height,
  left: ({ box, outer }) => box.left - outer.left,
  right: ({ box, outer }) => box.right - outer.left,
  top: ({ box, outer }) => box.top - outer.top,
  bottom: ({ box, outer }) => box.bottom - outer.top,
  middle: ({ element, outer }) => {
    const inner = (element.querySelector(".fx-letters") ?? element).getBoundingClientRect();
    return (inner.top + inner.bottom) / 2 - outer.top;
  },
  gap({ element, box }) {
    const before = element.previousElementSibling?.getBoundingClientRect();
    if (!before) return null;
    return element.parentElement.matches(".fx-vertical") ? box.top - before.bottom : box.left - before.right;
  },
  lines: ({ element }) => lines(element),
  isCut: ({ element }) => element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1,
  name: ({ element }) => element.getAttribute("aria-label") ?? element.textContent,
  role: ({ element }) => element.getAttribute("role"),
  reach: ({ element }) => element.querySelector(":scope > .reach")?.getAttribute("aria-label") ?? null,
  blockColour: ({ element }) => getComputedStyle(element.parentElement).backgroundColor,
  blockLine: ({ element }) => getComputedStyle(element.parentElement).borderTop,
  isAtBottom: ({ element, box }) => Math.abs(element.closest(".fx-bubble").getBoundingClientRect().bottom - box.bottom) < 1,
};

window.stage = {
  done,
  /** Show these messages of the bot as the whole talk. */
  async show(messages, at) {
    talk.clear();
    talk.show([{ id: "shown", from: "bot", messages, at, read: false, unsent: false, notes: [] }], at);
    composer.showQuick(messages.at(-1)?.quickReply);
    await isDrawn();
  },
  /** Show items of both sides. */
  async showItems(items, at) {
    talk.clear();
    talk.show(items, at);
    composer.showQuick(null);
    await isDrawn();
  },
  async showMenu() {
    new RichMenu(page);
    const end = performance.now() + 5000;
    while (!document.querySelector(".richmenu-picture img")) {
      if (performance.now() > end) throw new Error("no rich menu came");
      await new Promise(requestAnimationFrame);
    }
    await isDrawn();
  },
  /** What is asked of the component at `path`: a fact from above, or a property of its style. */
  facts(path, names) {
    const element = find(path);
    const box = element.getBoundingClientRect();
    const outer = element.parentElement.getBoundingClientRect();
    const style = getComputedStyle(element);
    const told = (name) => (Object.hasOwn(FACTS, name) ? FACTS[name]({ element, box, outer }) : style[name]);
    return Object.fromEntries(names.map((name) => [name, told(name)]));
  },
  /** Words that stand out of their place: cut off at its side, or beyond the card. */
  runOver() {
    const cut = [...document.querySelectorAll(".fx-letters, .words p, .buttons button")]
      .filter((words) => words.scrollWidth > words.clientWidth + 1 && !words.matches(".fx-clamp"));
    const out = [...document.querySelectorAll(".fx-bubble *")].filter((part) => {
      const bubble = part.closest(".fx-bubble").getBoundingClientRect();
      return part.getBoundingClientRect().right > bubble.right + 1 && !part.matches(".reach");
    });
    return [...cut, ...out].map((words) => words.textContent.slice(0, 60));
  },
};

await Promise.all(["400", "700"].map(async (weight) => {
  const face = new FontFace("Senaka Tests", `url(/fonts/${weight}.otf)`, { weight });
  document.fonts.add(await face.load());
}));
document.body.dataset.ready = "yes";
