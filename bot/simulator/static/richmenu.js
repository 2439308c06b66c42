/** The rich menu below the talk: a picture with areas to tap, tabs that the phone switches, and the bar that folds it. */

import { el } from "./line/dom.js";

const AGAIN_MS = 60_000;
/** Until there is a menu: the bot brings one a little after it has started. */
const SOON_MS = 3000;
const base = new URL(document.body.dataset.base, location.href);

export class RichMenu {
  /** `page` gives act(name, given), actions and api; the menu comes from the platform, as to this person's phone. */
  constructor(page) {
    this.page = page;
    this.known = { default: null, menus: {}, aliases: {} };
    this.shown = null;
    this.bar = el("button.richmenu-bar", { type: "button", on: { click: () => this.fold(!this.picture.hidden) } });
    this.bar.setAttribute("aria-controls", "richmenu-picture");
    this.picture = el("div.richmenu-picture", { id: "richmenu-picture", role: "group" });
    this.box = el("section.richmenu", { id: "richmenu", hidden: true, "aria-label": "リッチメニュー" }, this.bar, this.picture);
    document.querySelector(".dock").append(this.box);
    // A phone shows its keyboard or the menu, never both.
    document.getElementById("text").addEventListener("focus", () => {
      if (matchMedia("(pointer: coarse)").matches) this.fold(true);
    });
    this.#look();
  }

  fold(folded) {
    this.page.talk.keepPlace(() => (this.picture.hidden = folded));
    this.bar.setAttribute("aria-expanded", String(!folded));
  }

  async #look() {
    try {
      if (document.hidden) return;
      const response = await fetch(new URL(`richmenu?user=${this.page.api.userId}`, base), { cache: "no-store" });
      if (response.ok) this.#take(await response.json());
    } catch {
      // Without an answer the menu stays as it is; the page tells of a lost connection elsewhere.
    } finally {
      setTimeout(() => this.#look(), this.shown ? AGAIN_MS : SOON_MS);
    }
  }

  #take(known) {
    const isNew = known.default !== this.known.default || !known.menus[this.shown];
    this.known = known;
    if (isNew) this.#show(known.default, known.menus[known.default]?.selected ?? false);
  }

  #show(id, open) {
    const menu = this.known.menus[id];
    this.shown = menu ? id : null;
    this.box.hidden = !menu;
    if (!menu) return;
    this.bar.textContent = menu.chatBarText;
    this.picture.setAttribute("aria-label", menu.chatBarText);
    this.picture.style.aspectRatio = `${menu.size.width} / ${menu.size.height}`;
    const image = el("img", { src: new URL(`richmenu/${id}/image`, base).href, alt: "", decoding: "async" });
    this.picture.replaceChildren(image, ...menu.areas.map((area) => this.#area(area, menu.size)));
    this.fold(!open);
  }

  #area({ bounds, action }, size) {
    const area = el("button.richmenu-area", { type: "button", on: { click: () => this.#tap(action) } });
    area.setAttribute("aria-label", action.label ?? "");
    if (this.#target(action) === this.shown) area.setAttribute("aria-current", "true");
    const percent = (part, whole) => `${(100 * part) / whole}%`;
    area.style.left = percent(bounds.x, size.width);
    area.style.top = percent(bounds.y, size.height);
    area.style.width = percent(bounds.width, size.width);
    area.style.height = percent(bounds.height, size.height);
    return area;
  }

  #target(action) {
    return action.type === "richmenuswitch" ? this.known.aliases[action.richMenuAliasId] : undefined;
  }

  #tap(action) {
    if (action.type !== "richmenuswitch") return this.page.actions.perform(action);
    const target = this.#target(action);
    if (this.known.menus[target] && target !== this.shown) {
      this.#show(target, true);
      // The button that was tapped is another one now; who goes by keyboard stays on the tab.
      this.picture.querySelector("[aria-current]")?.focus({ preventScroll: true });
    }
    return this.page.act("switch", { alias: action.richMenuAliasId, data: action.data });
  }
}
