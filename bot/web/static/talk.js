/** Keeps an open talk up to date without touching what is being typed, and puts quick texts into the box. */

const EVERY_MS = 3000;
const address = document.getElementById("talk-script").dataset.thread;
const talk = document.getElementById("talk");
const list = talk.querySelector("[data-part=thread]");
const box = document.getElementById("text");

function isAtEnd() {
  return window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 160;
}

function toEnd() {
  window.scrollTo(0, document.documentElement.scrollHeight);
}

/** Puts in what is new and changes what has changed; the rest stays, so that it is not read aloud again. */
function show(fresh) {
  const wasAtEnd = isAtEnd();
  document.getElementById("nothing-said")?.remove();
  for (const said of [...fresh.querySelectorAll("[data-part=thread] > li")]) {
    const shown = document.getElementById(said.id);
    if (shown === null) list.append(said);
    else if (shown.innerHTML !== said.innerHTML) shown.replaceWith(said);
  }
  for (const part of ["status", "cost", "becomes"]) {
    const [shown, next] = [talk, fresh].map((where) => where.querySelector(`[data-part=${part}]`));
    if (shown.innerHTML !== next.innerHTML) shown.innerHTML = next.innerHTML;
  }
  talk.dataset.version = fresh.dataset.version;
  for (const form of document.querySelectorAll("[data-when]")) form.hidden = form.dataset.when !== fresh.dataset.taken;
  if (wasAtEnd) toEnd();
}

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(`${address}?version=${encodeURIComponent(talk.dataset.version)}`);
      if (answer.redirected) {
        // Signed out meanwhile: what was typed stays, and sending leads to the sign-in; a page with nothing typed goes there.
        if (!box?.value) window.location.reload();
        return;
      }
      if (answer.status === 200) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("talk");
        if (fresh !== null) show(fresh);
      }
    } catch {
      // The network is away; the next look may find it.
    }
  }
  setTimeout(look, EVERY_MS);
}

for (const button of document.querySelectorAll("[data-quick-text]")) {
  button.addEventListener("click", () => {
    box.value = box.value ? `${box.value}\n${button.dataset.quickText}` : button.dataset.quickText;
    box.focus();
  });
}

document.getElementById("reply")?.addEventListener("submit", (event) => {
  event.currentTarget.querySelector("button").disabled = true;
});

toEnd();
window.addEventListener("load", toEnd); // Letters that came late have moved the end.
setTimeout(look, EVERY_MS);
