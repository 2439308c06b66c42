/** One announcement on its way: the phone as tall as its message, the countdown, and how far it is. */

import { fit } from "./announcement-fit.js";

const ASK_EVERY_MS = 2000;
const LOST_MS = 3000;

fit(document.getElementById("preview"));

const place = document.querySelector("[data-progress]");
let isLeaving = false;
if (place) {
  // Else what a button does is seen by the question under way, and the old page comes back over its answer.
  document.addEventListener("submit", () => (isLeaving = true));
  if (place.dataset.seconds) countDown(Number(place.dataset.seconds));
  setTimeout(ask, ASK_EVERY_MS);
}

function countDown(seconds) {
  const shown = document.getElementById("seconds");
  const told = document.getElementById("told");
  const end = performance.now() + seconds * 1000;
  const timer = setInterval(() => {
    const left = Math.max(Math.ceil((end - performance.now()) / 1000), 0);
    shown.textContent = String(left);
    if (left % 10 === 0 && left > 0) told.textContent = `あと${left}秒`;
    if (left === 0) clearInterval(timer);
  }, 250);
}

async function ask() {
  try {
    const answer = await fetch(place.dataset.progress, { headers: { accept: "application/json" } });
    const now = answer.ok && !answer.redirected ? await answer.json() : {};
    if (isLeaving) return undefined;
    if (now.state !== place.dataset.state) return location.reload();
    draw(now);
  } catch {
    // The network is away for a moment: ask again.
    await new Promise((resolve) => setTimeout(resolve, LOST_MS));
  }
  setTimeout(ask, ASK_EVERY_MS);
  return undefined;
}

function draw(now) {
  for (const name of ["planned", "accepted", "waiting", "left_out"]) {
    const shown = document.getElementById(name);
    if (shown && now[name] !== undefined) shown.textContent = String(now[name]);
  }
  const bar = document.getElementById("bar");
  if (!bar || !now.planned) return;
  bar.value = Math.floor(((now.accepted + now.left_out) * 100) / now.planned);
}
