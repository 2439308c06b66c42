/** The talk itself: rows of bubbles with times, day chips, the typing dots, and the scroll position. */

import { el, icon, picture } from "./line/dom.js";
import { drawMessage, inWords, isWide } from "./line/messages.js";
import { drawNotes } from "./notes.js";
import { dayKey, dayOf, exactly, NOTICES, timeOf } from "./words.js";

const NEAR_PX = 120;
const { botName } = document.body.dataset;

/** A round mark with the first letter of `name`, or the sender's own picture. */
export function drawAvatar(name, url) {
  return el("span.avatar", { "aria-hidden": "true" }, url ? picture(url, "") : [...name][0] ?? "");
}

export class Talk {
  constructor({ actions, onUnsend }) {
    this.room = document.getElementById("talk");
    this.log = document.getElementById("log");
    this.typing = document.getElementById("typing");
    this.newest = document.getElementById("newest");
    this.actions = actions;
    this.onUnsend = onUnsend;
    this.newest.addEventListener("click", () => this.toEnd());
    this.room.addEventListener("scroll", () => this.#isNear() && (this.newest.hidden = true), { passive: true });
    // Pictures arrive late and make rows taller; who was at the end stays there.
    const observer = new ResizeObserver(() => this.following && this.toEnd());
    observer.observe(this.log);
    observer.observe(this.room);
    this.room.addEventListener("scroll", () => (this.following = this.#isNear()), { passive: true });
    this.clear();
  }

  clear() {
    this.rows = new Map();
    this.opened = new Set();
    this.quotable = new Map();
    this.last = null;
    this.log.replaceChildren();
    this.log.setAttribute("aria-live", "off");
    this.following = true;
    this.newest.hidden = true;
  }

  /** Show new and changed items; the newest of those that are new, or null. */
  show(items, now) {
    const near = this.#isNear();
    let own = false;
    let newest = null;
    for (const item of items) {
      const drawn = this.#drawItem(item, now);
      const known = this.rows.get(item.id);
      this.rows.set(item.id, drawn);
      if (known) {
        this.#replace(known, drawn);
        continue;
      }
      newest = item;
      own ||= item.from === "person";
      this.log.append(drawn);
    }
    this.#nameDays(now);
    if (newest && (near || own)) this.toEnd();
    else if (newest) this.newest.hidden = false;
    // What was said before the page opened is not read aloud.
    requestAnimationFrame(() => this.log.setAttribute("aria-live", "polite"));
    return newest;
  }

  /** Put `drawn` in the place of `known`; the keyboard stays where it is, or at least in the talk. */
  #replace(known, drawn) {
    const focused = known.contains(document.activeElement) ? document.activeElement : null;
    known.replaceWith(drawn);
    if (!focused) return;
    const place = focused.matches(".notes summary") ? drawn.querySelector(".notes summary") : null;
    (place ?? this.room).focus({ preventScroll: true });
  }

  /** Do what changes the height of the talk; who was at its end is there afterwards. */
  keepPlace(change) {
    const near = this.#isNear();
    change();
    if (near) this.toEnd();
  }

  showTyping(typing) {
    if (this.typing.hidden === typing) this.keepPlace(() => (this.typing.hidden = !typing));
  }

  toEnd() {
    this.room.scrollTop = this.room.scrollHeight;
    this.newest.hidden = true;
    this.following = true;
  }

  #isNear() {
    return this.room.scrollHeight - this.room.scrollTop - this.room.clientHeight < NEAR_PX;
  }

  /** An item, with a day chip in front where a day begins. */
  #drawItem(item, now) {
    const known = this.rows.get(item.id);
    const row = el(`div.item.${item.from}`);
    const begins = known ? known.dataset.begins === "yes" : this.last === null || dayKey(this.last) !== dayKey(item.at);
    row.dataset.begins = begins ? "yes" : "no";
    if (!known) this.last = item.at;
    if (begins) row.append(el("p.chip.day", {}, el("time", { dateTime: new Date(item.at).toISOString() }, dayOf(item.at, now))));
    if (item.unsent) row.append(el("p.chip", {}, "メッセージの送信を取り消しました"));
    else if (item.from === "notice") row.append(el("p.chip", {}, NOTICES[item.messages[0]?.notice] ?? ""));
    else item.messages.forEach((message, index) => row.append(this.#drawRow(item, message, index)));
    if (item.notes.length) row.append(this.#drawNotes(item));
    return row;
  }

  /** Today is another day when the clock has been wound on. */
  #nameDays(now) {
    if (this.named === dayKey(now)) return;
    this.named = dayKey(now);
    for (const time of this.log.querySelectorAll(".day time")) time.textContent = dayOf(Date.parse(time.dateTime), now);
  }

  #drawNotes(item) {
    return drawNotes(item.notes, {
      open: this.opened.has(item.id),
      // Whoever opens them wants to read here: the end of the talk must not pull the page down.
      beforeToggle: () => (this.following = false),
      onToggle: (open) => {
        if (open) this.opened.add(item.id);
        else this.opened.delete(item.id);
        if (!open) this.following = this.#isNear();
      },
    });
  }

  #drawRow(item, message, index) {
    const own = item.from === "person";
    this.#remember(item, message, own);
    const read = own && item.read ? el("span.read", {}, "既読") : null;
    const time = el("time", { dateTime: new Date(item.at).toISOString(), title: exactly(item.at) }, timeOf(item.at));
    const meta = el("div.meta", {}, own && /^\d+$/.test(item.id) ? this.#drawTools(item) : null, read, time);
    const content = el("div.content", {}, drawMessage(message, this.actions, this.#quoted(message, own)), meta);
    if (isWide(message)) content.classList.add("wide");
    if (own) {
      const row = el("div.row", {}, el("span.hidden-text", {}, "あなた:"), content);
      // A finger cannot hover: a tap on the bubble shows what can be done with it.
      content.firstElementChild.addEventListener("click", () => row.classList.toggle("chosen"));
      return row;
    }
    const name = message.sender?.name ? `${message.sender.name} (${botName})` : botName;
    const follows = index > 0 && !message.sender;
    const row = el("div.row", {}, drawAvatar(name, message.sender?.iconUrl));
    if (follows) row.classList.add("follows");
    row.append(el("div.side", {}, el(follows ? "span.hidden-text" : "span.name", {}, name), content));
    return row;
  }

  /** What can be quoted: by its id, as people do, and by its token, as the bot does. */
  #remember(item, message, own) {
    const known = { name: own ? "あなた" : botName, text: inWords(message) };
    this.quotable.set(item.id, known);
    if (message.quoteToken && own) this.quotable.set(message.quoteToken, known);
  }

  #quoted(message, own) {
    return this.quotable.get(own ? message.quotedMessageId : message.quoteToken) ?? null;
  }

  #drawTools(item) {
    return el(
      "button.unsend",
      { type: "button", "aria-label": "送信を取り消す", title: "送信を取り消す", on: { click: () => this.onUnsend(item) } },
      icon("close"),
    );
  }
}
