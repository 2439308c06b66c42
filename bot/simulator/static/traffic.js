/** Draws one line of what goes to and fro between LINE and the bot. */

import { el } from "./line/dom.js";
import { DESK, secondOf } from "./words.js";

export function drawEntry(entry) {
  const time = el("time", { dateTime: entry.at }, secondOf(Date.parse(entry.at)));
  if (entry.way === "meaning") {
    const [gist, ...reasons] = entry.notes;
    const notes = [gist, reasons.join(" · ")].filter(Boolean).map((note) => el("p", {}, note));
    return el("li.entry.meaning", {}, el("div.entry-top", {}, el("strong", {}, DESK.meaning), time), ...notes);
  }
  const isRequest = entry.way === "request";
  const name = isRequest ? (DESK.endpoints[entry.endpoint] ?? entry.endpoint) : (DESK.events[entry.kind] ?? entry.kind);
  const top = el(
    "div.entry-top", {},
    el("span.way", {}, isRequest ? DESK.toLine : DESK.toBot),
    el("strong", {}, name || entry.path),
    outcome(entry),
    isSend(entry) ? el("span.count", {}, DESK.counted(entry.counted)) : null,
    ...["redelivery", "standby"].map((word) => (entry[word] ? el("span.count", {}, DESK[word]) : null)),
    time,
  );
  const said = (entry.preview ?? []).map((line) => el("p.said", {}, line));
  const isAside = isRequest && !isSend(entry);
  return el(isAside ? "li.entry.aside" : `li.entry.${entry.way}`, {}, top, ...said, details(entry));
}

const isSend = (entry) => entry.way === "request" && ["reply", "push", "multicast", "broadcast"].includes(entry.endpoint);

function outcome(entry) {
  const fine = entry.way === "event" ? entry.reason === "OK" : !entry.broken && entry.status < 300;
  const told = DESK.broken[entry.broken] ?? DESK.reasons[entry.reason] ?? String(entry.status);
  return el(fine ? "span.status.fine" : "span.status.wrong", {}, told);
}

function details(entry) {
  const path = entry.path ? `${entry.method} ${entry.path}` : null;
  const given = { ...entry, path, to: (entry.to ?? []).join(" ") };
  const rows = Object.entries(DESK.labels).filter(([key]) => given[key]);
  const list = el("dl", {}, ...rows.flatMap(([key, label]) => [el("dt", {}, label), el("dd", {}, String(given[key]))]));
  return el("details", {}, el("summary", {}, DESK.more), list);
}
