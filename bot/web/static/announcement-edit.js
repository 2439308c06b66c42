/** The page on which an announcement is written: counts, asks what is wrong with it, shows it, takes pictures in. */

import { fit } from "./announcement-fit.js";

const CALM_MS = 500;
const form = document.getElementById("announcement");
const frame = document.getElementById("preview");
const warnings = document.getElementById("warnings");
let isChanged = form.querySelector(".conflict") !== null;
let timer = 0;
let asked = 0;
let shown = JSON.parse(document.getElementById("messages").textContent);

fit(frame);
show(shown);
frame.addEventListener("load", () => show(shown));
count();

form.addEventListener("input", (event) => {
  if (event.target.type === "file") return;
  isChanged = true;
  count();
  clearTimeout(timer);
  timer = setTimeout(look, CALM_MS);
});
form.addEventListener("submit", () => {
  isChanged = false;
});
addEventListener("beforeunload", (event) => {
  if (isChanged) event.preventDefault();
});
form.querySelector(".conflict")?.focus();

/** LINE counts in the same units as a string here. */
function count() {
  const isCard = form.elements.kind.value === "card";
  for (const place of form.querySelectorAll(".counter")) {
    const length = form.elements[place.dataset.of].value.trimEnd().length;
    const most = Number((isCard && place.dataset.mostCard) || place.dataset.most);
    place.textContent = `${length.toLocaleString("ja-JP")} / ${most.toLocaleString("ja-JP")}文字`;
    place.classList.toggle("over", length > most);
  }
}

async function look() {
  const number = ++asked;
  const given = new FormData(form);
  given.delete("picture");
  try {
    const answer = await fetch(form.dataset.look, { method: "POST", body: given });
    if (!answer.ok || answer.redirected || number !== asked) return;
    const seen = await answer.json();
    document.getElementById("people").textContent = String(seen.people);
    warnings.innerHTML = seen.warnings; // Made by the same template as the page, everything typed escaped.
    show(seen.messages);
  } catch {
    // The network is away for a moment; the next letter asks again.
  }
}

function show(messages) {
  shown = messages;
  frame.contentWindow?.postMessage({ messages }, location.origin);
}

/** What the check proposes stands in place of what it found, without leaving the page. */
warnings.addEventListener("click", (event) => {
  const button = event.target.closest("[data-rewrite]");
  if (!button) return;
  const [, field, start, end] = button.value.split(":");
  const input = form.elements[field];
  const letters = Array.from(input.value);
  if (letters.slice(Number(start), Number(end)).join("") !== button.dataset.quote) return; // The server knows better.
  event.preventDefault();
  letters.splice(Number(start), Number(end) - Number(start), button.dataset.rewrite);
  input.value = letters.join("");
  input.dispatchEvent(new Event("input", { bubbles: true }));
});

const file = document.getElementById("picture");
const problem = document.getElementById("picture-problem");
file.addEventListener("change", async () => {
  if (!file.files.length) return;
  problem.textContent = "";
  const given = new FormData();
  given.append("csrf_token", form.elements.csrf_token.value);
  given.append("picture", file.files[0]);
  try {
    const answer = await fetch(form.dataset.pictures, { method: "POST", body: given });
    const said = await answer.json();
    if (answer.ok) take(said);
    else problem.textContent = said.problem;
  } catch {
    problem.textContent = "写真を送れませんでした。通信の状態を確かめて、もう一度お試しください。";
  }
  file.value = "";
});

function take({ id, picture }) {
  const place = document.getElementById("pictures");
  const known = place.querySelector(`input[value="${id}"]`);
  if (!known) place.querySelector("label")?.insertAdjacentHTML("afterend", picture);
  const chosen = place.querySelector(`input[value="${id}"]`);
  chosen.checked = true;
  chosen.dispatchEvent(new Event("input", { bubbles: true }));
}
