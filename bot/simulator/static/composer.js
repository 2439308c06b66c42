/** The lower edge: the text field, what can be sent with +, quick replies, and the notice of a block. */

import { el, icon, picture } from "./line/dom.js";
import { STICKERS } from "./line/stickers.js";
import { PEOPLE } from "./words.js";

const TALLEST_PX = 132;

export class Composer {
  /** `page` gives act(name, given), sendImage(), sendPlace(), toggleBlock(), addPerson(). */
  constructor(page, actions) {
    this.page = page;
    this.actions = actions;
    this.form = document.getElementById("composer");
    this.text = document.getElementById("text");
    this.send = document.getElementById("send");
    this.plus = document.getElementById("plus");
    this.panel = document.getElementById("panel");
    this.quick = document.getElementById("quick");
    this.composing = false;
    this.#listen();
  }

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.text.addEventListener("input", () => this.#fit());
    this.text.addEventListener("keydown", (event) => {
      // While a Japanese input method is choosing characters, Enter belongs to it (229 in Safari, after its end).
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#say();
    });
    this.plus.addEventListener("click", () => this.openPanel(this.panel.hidden));
    this.text.addEventListener("focus", () => this.openPanel(false));
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.openPanel(false);
      this.plus.focus();
    });
    // A mouse has one wheel: over the chips it goes sideways.
    this.quick.addEventListener(
      "wheel",
      (event) => {
        if (Math.abs(event.deltaY) <= Math.abs(event.deltaX)) return;
        event.preventDefault();
        this.quick.scrollLeft += event.deltaY;
      },
      { passive: false },
    );
    document.getElementById("unblock").addEventListener("click", () => this.page.act("unblock"));
  }

  async #say() {
    const text = this.text.value;
    if (!text.trim()) return;
    this.fill("");
    // A text that did not get through goes back, unless something else has been begun.
    if (!(await this.page.act("say", { text })) && !this.text.value) this.fill(text);
    if (matchMedia("(pointer: fine)").matches) this.text.focus();
  }

  fill(text) {
    this.text.value = text;
    this.#fit();
    if (text) this.text.focus();
  }

  #fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, TALLEST_PX)}px`;
    this.send.disabled = !this.text.value.trim();
  }

  showBlocked(blocked) {
    document.getElementById("blocked").hidden = !blocked;
    this.form.hidden = blocked;
    if (blocked) {
      this.openPanel(false);
      this.showQuick(null);
    }
  }

  openPanel(open) {
    this.plus.setAttribute("aria-expanded", String(open));
    this.plus.classList.toggle("open", open);
    this.panel.hidden = !open;
    if (!open) return;
    this.#showKinds();
    this.panel.querySelector("button")?.focus();
  }

  #showKinds() {
    const kinds = [
      ["smile", "スタンプ", () => this.#showStickers()],
      ["image", "画像", () => this.#pick(() => this.page.sendImage())],
      ["place", "位置情報", () => this.#pick(() => this.page.sendPlace())],
      ["block", "ブロック", () => this.#pick(() => this.page.toggleBlock())],
      ["person", PEOPLE.add, () => this.#pick(() => this.page.addPerson())],
    ];
    this.panel.className = "panel kinds";
    this.panel.replaceChildren(
      ...kinds.map(([name, label, run]) => el("button", { type: "button", on: { click: run } }, icon(name), label)),
    );
  }

  #showStickers() {
    this.panel.className = "panel stickers";
    this.panel.replaceChildren(
      ...STICKERS.map(({ face, name, packageId, stickerId, keywords }) => {
        const run = () => this.#pick(() => this.page.act("sticker", { packageId, stickerId, keywords }));
        return el("button", { type: "button", "aria-label": name, title: name, on: { click: run } }, face);
      }),
    );
    this.panel.querySelector("button")?.focus();
  }

  #pick(run) {
    this.openPanel(false);
    this.plus.focus();
    run();
  }

  /** The chips under the talk; null takes them away. */
  showQuick(quickReply) {
    const items = quickReply?.items ?? [];
    this.quick.hidden = items.length === 0;
    this.quick.scrollLeft = 0;
    this.quick.replaceChildren(
      ...items.map(({ imageUrl, action }) => {
        const chip = el("button", { type: "button" }, imageUrl ? picture(imageUrl, "") : null, String(action?.label ?? ""));
        chip.addEventListener("click", () => {
          if (action?.type !== "datetimepicker" && action?.type !== "uri") this.showQuick(null);
          this.actions.perform(action);
        });
        return chip;
      }),
    );
  }
}
