/** The clock at the top of the page: what time it is for everybody here, and the buttons that wind it on. */

import { el } from "./line/dom.js";
import { aheadOf, CLOCK, momentOf, STEPS } from "./words.js";

const part = (name) => document.getElementById(name ? `clock-${name}` : "clock");
const [bar, face, steps, told] = ["", "face", "steps", "told"].map(part);

export class ClockBar {
  /** `page` gives api, ask({...}) and hurry(). */
  constructor(page) {
    this.page = page;
    this.buttons = STEPS.map(([step, label]) => this.#button(label, () => this.#ask("wind", { step, user: page.api.userId })));
    this.buttons.push(this.#button(CLOCK.startOver, () => this.#startOver()));
    this.buttons.at(-1).classList.add("start-over");
    steps.prepend(...this.buttons);
    face.addEventListener("click", () => {
      steps.hidden = !steps.hidden;
      face.setAttribute("aria-expanded", String(!steps.hidden));
    });
  }

  #button(label, run) {
    return el("button", { type: "button", on: { click: () => !this.winding && run() } }, label);
  }

  /** Show how the clock stands: `now`, and `clock` as the house tells it; null where the bot lives elsewhere. */
  show(now, clock) {
    bar.hidden = !clock;
    if (!clock) return;
    const time = part("now");
    time.textContent = momentOf(now);
    time.dateTime = new Date(now).toISOString();
    part("lead").textContent = aheadOf(clock.ahead);
    part("ahead").hidden = !part("lead").textContent;
    const winding = clock.until !== null;
    if (winding) this.#say(CLOCK.winding(momentOf(clock.until)));
    else if (this.winding) this.#say(clock.failed ? CLOCK.failed : CLOCK.wound);
    else if (!clock.canWind) this.#say(CLOCK.refusals["not-own"]);
    this.winding = winding;
    // Not `disabled`: the keyboard would lose its place.
    for (const button of this.buttons) button.setAttribute("aria-disabled", String(winding || !clock.canWind));
  }

  /** All has been set up anew. */
  tellBegun() {
    this.#say(CLOCK.begun);
  }

  #say(text) {
    if (told.textContent !== text) told.textContent = text;
  }

  async #startOver() {
    if (await this.page.ask(CLOCK.ask)) await this.#ask("start-over", {}, CLOCK.startingOver);
  }

  async #ask(what, given, meanwhile = "") {
    try {
      const refusal = await this.page.api.askHouse(what, given);
      this.#say(refusal ? CLOCK.refusals[refusal] : meanwhile);
    } catch {
      this.#say(CLOCK.failed);
    }
    this.page.hurry();
  }
}
