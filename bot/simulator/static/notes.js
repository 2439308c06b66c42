/** Notes beside a message: a small toggle below it, and the switch for all of them. */

import { el } from "./line/dom.js";
import { WHY } from "./words.js";

const KEY = "simulator.notes";
const log = document.getElementById("log");

// Shown unless switched off: this page is for trying the bot out, and the closed toggle takes one short line.
let shown = stored() !== "off";
log.classList.toggle("without-notes", !shown);

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export const areNotesShown = () => shown;

/** Show or hide all notes, here and on the next visit. */
export function showNotes(show) {
  shown = show;
  log.classList.toggle("without-notes", !shown);
  try {
    localStorage.setItem(KEY, shown ? "on" : "off");
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** The toggle with the notes, closed unless `open`; the first note is the gist of them. */
export function drawNotes(notes, { open, beforeToggle, onToggle }) {
  const summary = el("summary", { title: WHY.about, on: { click: beforeToggle } }, WHY.toggle);
  const list = el("ul", {}, ...notes.map((note) => el("li", {}, note)));
  // Not read aloud by itself when it arrives: only who asks wants to know.
  const details = el("details.notes", { open, "aria-live": "off" }, summary, list);
  details.addEventListener("toggle", () => {
    onToggle(details.open);
    if (details.open && !open) list.scrollIntoView({ block: "nearest" });
    open = false;
  });
  return details;
}
