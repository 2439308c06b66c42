/** The people of the simulator: who is talking here, who else there is, and a second one side by side. */

import { el } from "./line/dom.js";
import { setUpMenu } from "./menu.js";
import { GUEST, PEOPLE } from "./words.js";

const pane = document.getElementById("beside");
const wide = matchMedia("(min-width: 960px)");

/** `page` gives api, ask({...}) and become(id, name). */
export function setUpPeople(page) {
  document.body.classList.toggle("is-beside", page.api.isBeside);
  setUpMenu("people", async () => {
    const everybody = await page.api.people().catch(() => []);
    const others = everybody.filter(({ id }) => id !== page.api.userId);
    const entries = others.map(({ id, name }) => ["person", name, () => page.become(id, name)]);
    entries.push(["plus", PEOPLE.add, () => add(page)]);
    if (!pane.hidden) entries.push(["close", PEOPLE.alone, () => show(null)]);
    else if (wide.matches && !page.api.isBeside) entries.push(["beside", PEOPLE.beside, () => show(others[0]?.id ?? "")]);
    return entries;
  });
}

export async function add(page) {
  const name = await page.ask({ ...PEOPLE.ask, input: { value: "", maxLength: 20, required: true } });
  if (name?.trim()) page.become(undefined, name.trim());
}

/** Show the person with this id, or somebody new when it is empty, in a pane of their own; null takes it away. */
function show(id) {
  pane.hidden = id === null;
  document.body.classList.toggle("with-beside", id !== null);
  const frame = () => el("iframe", { src: `${document.body.dataset.base}?beside=1&user=${encodeURIComponent(id)}`, title: PEOPLE.beside });
  pane.replaceChildren(...(id === null ? [] : [frame()]));
}

/** Say who is talking. */
export function nameTalker(name) {
  document.getElementById("person-name").textContent = name || GUEST;
}
