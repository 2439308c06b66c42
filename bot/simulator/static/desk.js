/** The panel beside the talk: opens and closes, asks for news while it is open, and shows the month and what was held back. */

import { el } from "./line/dom.js";
import { drawEntry } from "./traffic.js";
import { TroubleSwitches } from "./troubles.js";
import { DESK, nameOfDay } from "./words.js";

const PACE_MS = 1500;
const MOST_SHOWN = 300;
const part = (name) => document.getElementById(name);
const desk = part("desk");
const button = part("desk-button");

export class Desk {
  /** `api` gives panel(since), held() and switchTroubles(given). */
  constructor(api) {
    this.api = api;
    this.switches = new TroubleSwitches(part("desk-troubles"), part("troubles"), (given) => api.switchTroubles(given));
    this.#forget();
    button.addEventListener("click", () => this.#open(desk.hidden));
    part("desk-close").addEventListener("click", () => this.#open(false));
    part("desk-held-part").addEventListener("toggle", () => this.#askHeld());
    part("desk-all").addEventListener("change", (event) => part("desk-traffic").classList.toggle("with-asides", event.target.checked));
    desk.addEventListener("keydown", (event) => event.key === "Escape" && this.#open(false));
  }

  /** What goes wrong at present, as the talk's news tell it. */
  showTroubles(troubles) {
    this.switches.show(troubles);
  }

  #forget() {
    this.epoch = null;
    this.last = 0;
    part("desk-traffic").replaceChildren(el("li.desk-none", {}, DESK.nothing));
  }

  #open(open) {
    desk.hidden = !open;
    document.body.classList.toggle("with-desk", open);
    button.setAttribute("aria-expanded", String(open));
    (open ? part("desk-title") : button).focus();
    clearTimeout(this.timer);
    if (open) this.#tick();
  }

  async #tick() {
    clearTimeout(this.timer);
    try {
      if (!document.hidden) this.#take(await this.api.panel(this.last));
    } catch {
      // The talk beside it says that the connection is lost.
    }
    if (!desk.hidden) this.timer = setTimeout(() => this.#tick(), PACE_MS);
  }

  #take(news) {
    if (this.epoch !== null && this.epoch !== news.epoch) {
      this.#forget();
      return;
    }
    this.epoch = news.epoch;
    part("desk-used").textContent = DESK.used(news.used, news.limit);
    this.switches.show(news.troubles);
    const fresh = news.traffic.filter((one) => one.number > this.last);
    if (!fresh.length) return;
    const list = part("desk-traffic");
    if (this.last === 0) list.replaceChildren();
    this.last = fresh.at(-1).number;
    list.prepend(...fresh.map(drawEntry).reverse());
    while (list.children.length > MOST_SHOWN) list.lastElementChild.remove();
    this.#askHeld();
  }

  async #askHeld() {
    if (!part("desk-held-part").open) return;
    const { held } = await this.api.held().catch(() => ({ held: [] }));
    const lines = (held ?? []).map(({ day, says }) => el("li", {}, el("strong", {}, nameOfDay(day)), ` ${says}`));
    const none = el("li.desk-none", {}, held === null ? DESK.elsewhere : DESK.nothing);
    part("desk-held").replaceChildren(...(lines.length ? lines : [none]));
  }
}
