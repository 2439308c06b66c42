/** Puts the page together: who talks, what is new, and what to do when the network is gone. */

import { Actions } from "./actions.js";
import { Api } from "./api.js";
import { ClockBar } from "./clock.js";
import { Composer } from "./composer.js";
import { Desk } from "./desk.js";
import { isPc, usePc } from "./device.js";
import { ask } from "./dialog.js";
import { setUpMenu } from "./menu.js";
import { areNotesShown, showNotes } from "./notes.js";
import { add, nameTalker, setUpPeople } from "./people.js";
import { RichMenu } from "./richmenu.js";
import { drawAvatar, Talk } from "./talk.js";
import { DEVICE, GUEST, PEOPLE, PLACE, WHY } from "./words.js";

const LIVELY_MS = 600;
const CALM_MS = 1800;
const HIDDEN_MS = 6000;
const LIVELY_FOR_MS = 60_000;
const TOAST_MS = 3000;
const OFFLINE = "接続できません。自動でつなぎ直しています…";
const BOT_FAILING = "ボットが応答していません。起動しているか確認してください。";

class Page {
  constructor() {
    this.api = new Api();
    this.actions = new Actions(this);
    this.talk = new Talk({ actions: this.actions, onUnsend: (item) => this.unsend(item) });
    this.composer = new Composer(this, this.actions);
    this.banner = document.getElementById("banner");
    this.clock = new ClockBar(this);
    this.desk = new Desk(this.api);
    this.state = { blocked: false, name: GUEST };
    this.livelyUntil = 0;
    this.failures = 0;
    this.ask = ask;
    setUpPeople(this);
    this.richMenu = new RichMenu(this);
    setUpMenu("menu", () => [
      ["edit", "表示名を変える", () => this.rename()],
      ["info", areNotesShown() ? WHY.hide : WHY.show, () => this.talk.keepPlace(() => showNotes(!areNotesShown()))],
      ["copy", "ユーザーIDをコピー", () => this.actions.perform({ type: "clipboard", clipboardText: this.api.userId })],
      ["block", this.state.blocked ? "ブロック解除" : "ブロック", () => this.toggleBlock()],
      ["screen", isPc() ? DEVICE.toPhone : DEVICE.toPc, () => this.talk.keepPlace(() => usePc(!isPc()))],
      ["person", PEOPLE.add, () => this.addPerson()],
    ]);
    for (const place of document.querySelectorAll(".top .avatar, .typing .avatar")) {
      place.replaceWith(drawAvatar(document.body.dataset.botName));
    }
    document.addEventListener("visibilitychange", () => !document.hidden && this.#tick());
    addEventListener("online", () => this.#tick());
  }

  start() {
    return this.#tick();
  }

  /** Do something as the person; whether it got through. */
  async act(name, given) {
    this.livelyUntil = Date.now() + LIVELY_FOR_MS;
    try {
      this.#take(await this.api.act(name, given));
      return true;
    } catch (error) {
      if (error.status) this.toast("送信できませんでした。");
      else this.#lost();
      return false;
    } finally {
      this.#schedule();
    }
  }

  /** Ask for news at once, and often for a while. */
  hurry() {
    this.livelyUntil = Date.now() + LIVELY_FOR_MS;
    this.#tick();
  }

  async #tick() {
    clearTimeout(this.timer);
    try {
      // Until the person has come in, there is nothing to ask for.
      this.#take(await (this.api.epoch === null ? this.api.act("enter", { name: this.state.name }) : this.api.poll()));
    } catch {
      this.#lost();
    } finally {
      this.#schedule();
    }
  }

  #schedule() {
    clearTimeout(this.timer);
    const pace = document.hidden ? HIDDEN_MS : Date.now() < this.livelyUntil ? LIVELY_MS : CALM_MS;
    this.timer = setTimeout(() => this.#tick(), Math.min(HIDDEN_MS, pace * 2 ** Math.min(this.failures, 3)));
  }

  #lost() {
    this.failures += 1;
    // A single slow answer is no news; the second says that something is wrong.
    if (this.failures > 1) this.#say(OFFLINE);
  }

  #take(news) {
    if (news === null) return;
    this.failures = 0;
    if (this.api.epoch !== null && this.api.epoch !== news.epoch) {
      this.clock.tellBegun();
      this.#beginAnew();
      return;
    }
    // Two answers may cross on the way; the older one has nothing to add.
    if (this.api.epoch !== null && news.revision < this.api.revision) return;
    this.api.epoch = news.epoch;
    this.api.revision = news.revision;
    this.#say(news.failing ? BOT_FAILING : "");
    this.clock.show(news.now, news.clock);
    this.desk.showTroubles(news.troubles);
    const newest = this.talk.show(news.items, news.now);
    if (newest) {
      this.livelyUntil = Date.now() + LIVELY_FOR_MS;
      // Quick replies belong to the last message of the talk, and to no other.
      this.composer.showQuick(newest.from === "bot" ? newest.messages.at(-1)?.quickReply : null);
    }
    this.talk.showTyping(news.typing);
    if (news.blocked !== this.state.blocked) this.composer.showBlocked(news.blocked);
    nameTalker(news.name);
    this.state = news;
  }

  #beginAnew() {
    this.api.forget();
    this.talk.clear();
    this.composer.showQuick(null);
    this.#tick();
  }

  #say(text) {
    if (this.toasting) return;
    if (this.banner.textContent !== text) this.banner.textContent = text;
    this.banner.hidden = !text;
  }

  toast(text) {
    clearTimeout(this.toasting);
    this.toasting = null;
    this.#say(text);
    this.toasting = setTimeout(() => {
      this.toasting = null;
      this.#say("");
    }, TOAST_MS);
  }

  fill(text) {
    this.composer.fill(text);
  }

  sendImage() {
    return this.act("image");
  }

  sendPlace() {
    return this.act("location", PLACE);
  }

  async rename() {
    const name = await ask({
      title: "表示名を変える",
      yes: "変更する",
      input: { value: this.state.name, maxLength: 20, required: true },
    });
    if (name?.trim()) await this.act("rename", { name: name.trim() });
  }

  async toggleBlock() {
    if (this.state.blocked) return this.act("unblock");
    const sure = await ask({
      title: "ブロックしますか?",
      text: "ブロックすると、このアカウントからのメッセージは届かなくなります。",
      yes: "ブロックする",
    });
    return sure && this.act("block");
  }

  addPerson() {
    return add(this);
  }

  /** Go on as somebody else: with this id, or, without one, as somebody new of this name. */
  become(id, name) {
    this.api.become(id);
    this.state = { ...this.state, name };
    this.#beginAnew();
  }

  async unsend(item) {
    const sure = await ask({ title: "送信を取り消しますか?", yes: "取り消す" });
    if (sure) await this.act("unsend", { messageId: item.id });
  }
}

new Page().start();
