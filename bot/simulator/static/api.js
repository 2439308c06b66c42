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

export class Api {
  constructor() {
    const asked = new URLSearchParams(location.search).get("user");
    const known = [asked, stored()].find((id) => /^U[0-9a-f]{32}$/.test(id ?? ""));
    this.userId = known ?? newUserId();
    store(this.userId);
    this.forget();
  }

  /** Begin as somebody new, whom the bot has never met. */
  becomeNew() {
    this.userId = newUserId();
    store(this.userId);
    history.replaceState(null, "", base);
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
    return this.#ask(name, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(given),
    });
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
