/** Talks to the simulator for one person; every answer is what has changed in the talk. */

const base = new URL(document.body.dataset.base, location.href);
const KEY = "simulator.user";
const PATIENCE_MS = 8000;

/** A new user id: U and 32 hexadecimal digits. */
function newUserId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return "U" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function store(id) {
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // Without storage the person lasts as long as the page.
  }
}

const sending = (method, given) => ({
  method,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(given),
});

export class Api {
  constructor() {
    const asked = new URLSearchParams(location.search);
    /** Whether this page stands beside another one, which then remembers who is talking. */
    this.isBeside = asked.has("beside");
    const known = [asked.get("user"), this.isBeside ? null : stored()].find((id) => /^U[0-9a-f]{32}$/.test(id ?? ""));
    this.become(known ?? newUserId());
  }

  /** Go on as the person with this id; without one as somebody new, whom the bot has never met. */
  become(id = newUserId()) {
    this.userId = id;
    if (!this.isBeside) store(id);
    this.forget();
  }

  forget() {
    this.revision = 0;
    this.epoch = null;
  }

  /** What is new since the last answer. */
  async poll() {
    return this.#ask("timeline", {});
  }

  /** Do something as the person, such as `say`; what is new afterwards. */
  async act(name, given = {}) {
    return this.#ask(name, sending("POST", given));
  }

  /** Ask something of the house that the bot lives in; a word that says why not, or null. */
  async askHouse(what, given) {
    return (await this.#get(`house/${what}`, sending("POST", given), 409)).refusal;
  }

  /** The people whom the bot may know, the newest first: their ids and names. */
  async people() {
    return (await this.#get("people")).people;
  }

  /** What went to and fro after the `since`-th, the month's count, what goes wrong. */
  async panel(since) {
    return this.#get(`panel?since=${since}`);
  }

  /** What did not go to this person, or not yet. */
  async held() {
    return this.#get(`panel/held/${this.userId}`);
  }

  /** Switch what goes wrong; what is on then. */
  async switchTroubles(given) {
    return this.#get("panel/troubles", sending("PUT", given));
  }

  async #get(path, options = {}, alsoFine = 200) {
    const response = await fetch(new URL(path, base), { ...options, signal: AbortSignal.timeout(PATIENCE_MS), cache: "no-store" });
    if (!response.ok && response.status !== alsoFine) throw new Error(`status ${response.status}`);
    return response.json();
  }

  async #ask(name, options) {
    const userId = this.userId;
    const url = new URL(`chat/${userId}/${name}?since=${this.revision}`, base);
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MS), cache: "no-store" });
    if (!response.ok) throw Object.assign(new Error(`status ${response.status}`), { status: response.status });
    const news = await response.json();
    // An answer for somebody we no longer are says nothing about the talk on the screen.
    return userId === this.userId ? news : null;
  }
}
