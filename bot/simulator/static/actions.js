/** Does what a button asks: talk, post back, open a page, choose a date; and makes things tappable. */

import { isPc } from "./device.js";
import { el, safeUrl } from "./line/dom.js";

/**
 * The doer of actions. `page` gives: say(text), act(name, given), ask({...}) for the dialog, fill(text),
 * toast(text), sendImage(), sendPlace(), and richMenu, which folds.
 */
export class Actions {
  constructor(page) {
    this.page = page;
  }

  async perform(action) {
    switch (action?.type) {
      case "message":
        return this.page.act("say", { text: action.text });
      case "postback":
        return this.#postBack(action);
      case "uri":
        return this.#open((isPc() && action.altUri?.desktop) || action.uri);
      case "datetimepicker":
        return this.#pick(action);
      case "clipboard":
        return this.#copy(action.clipboardText);
      case "camera":
      case "cameraRoll":
        return this.page.sendImage();
      case "location":
        return this.page.sendPlace();
      default:
        return undefined;
    }
  }

  /** Lets `element` perform `action` by mouse, finger and keyboard. */
  makeTappable(element, action) {
    if (!action) return element;
    const native = element.tagName === "BUTTON" || element.tagName === "A";
    if (!native && element.querySelector("button, [tabindex]")) {
      // Something in it can be tapped as well: no button holds another, so the keyboard gets one of its own.
      const name = action.label || element.textContent.slice(0, 40) || "開く";
      element.prepend(el("button.hidden-text.reach", { type: "button", "aria-label": name }));
    } else if (!native) {
      element.tabIndex = 0;
      element.setAttribute("role", action.type === "uri" ? "link" : "button");
      if (action.label && !element.textContent) element.setAttribute("aria-label", action.label);
      element.addEventListener("keydown", (event) => {
        if (event.target === element && (event.key === "Enter" || event.key === " ")) {
          event.preventDefault();
          this.perform(action);
        }
      });
    }
    element.classList.add("tappable");
    element.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.perform(action);
    });
    return element;
  }

  async #postBack(action) {
    if (action.inputOption === "openKeyboard") this.page.fill(action.fillInText ?? "");
    if (action.inputOption === "openRichMenu") this.page.richMenu.fold(false);
    if (action.inputOption === "closeRichMenu") this.page.richMenu.fold(true);
    await this.page.act("postback", { data: action.data, displayText: action.displayText });
    if (action.text) await this.page.act("say", { text: action.text });
  }

  #open(raw) {
    const url = safeUrl(raw);
    if (!url) this.page.toast("このリンクは開けません。");
    else if (url.startsWith("http")) window.open(url, "_blank", "noopener,noreferrer");
    else location.assign(url);
  }

  async #pick(action) {
    const type = { date: "date", time: "time", datetime: "datetime-local" }[action.mode];
    const trim = (value) => value?.replace("t", "T");
    const chosen = await this.page.ask({
      title: action.label || "日時を選ぶ",
      yes: "決定",
      input: { type, value: trim(action.initial) ?? "", min: trim(action.min), max: trim(action.max), required: true },
    });
    if (chosen) await this.page.act("postback", { data: action.data, params: { [action.mode]: chosen } });
  }

  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.page.toast("コピーしました。");
    } catch {
      this.page.toast("コピーできませんでした。");
    }
  }
}
