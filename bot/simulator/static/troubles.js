/** The switches for what is to go wrong, and the line that says what does. */

import { el } from "./line/dom.js";
import { DESK, MODES, TROUBLES } from "./words.js";

export class TroubleSwitches {
  /** `list` gets the switches, `bar` says what is on, `send` takes {name: mode} and gives what is on then. */
  constructor(list, bar, send) {
    this.bar = bar;
    this.send = send;
    this.buttons = [];
    list.replaceChildren(...TROUBLES.map(([name, title, about]) => this.#row(name, title, about)));
  }

  #row(name, title, about) {
    const buttons = Object.entries(MODES).map(([mode, label]) => {
      const button = el("button", { type: "button", "aria-pressed": "false", "aria-label": `${title} ${label}` }, label);
      button.addEventListener("click", () => this.#switch(name, button.ariaPressed === "true" ? "off" : mode));
      this.buttons.push([button, name, mode]);
      return button;
    });
    const words = el("div", {}, el("strong", {}, title), el("p", {}, about));
    return el("li.trouble", {}, words, el("div.modes", { role: "group", "aria-label": title }, ...buttons));
  }

  async #switch(name, mode) {
    try {
      this.show((await this.send({ [name]: mode })).troubles);
    } catch {
      this.#say(DESK.failed);
    }
  }

  show(troubles) {
    for (const [button, name, mode] of this.buttons) button.setAttribute("aria-pressed", String(troubles[name] === mode));
    const on = TROUBLES.filter(([name]) => troubles[name]).map(([name, title]) => `${title}（${MODES[troubles[name]]}）`);
    this.#say(on.length ? DESK.active(on.join("、")) : "");
  }

  #say(text) {
    if (this.bar.textContent !== text) this.bar.textContent = text;
    this.bar.hidden = !text;
  }
}
