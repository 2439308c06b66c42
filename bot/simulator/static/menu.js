/** A menu in the header: opens, closes, and goes by arrow keys. */

import { el, icon } from "./line/dom.js";

/** Fill the menu called `name` anew each time its button opens it; `entries()` gives [icon, label, run], perhaps later. */
export function setUpMenu(name, entries) {
  const button = document.getElementById(`${name}-button`);
  const menu = document.getElementById(name);
  const items = () => [...menu.querySelectorAll("button")];
  const close = (refocus) => {
    if (menu.hidden) return;
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (refocus) button.focus();
  };
  const open = async () => {
    menu.replaceChildren(
      ...(await entries()).map(([name, label, run]) => {
        const choose = () => {
          close(true);
          run();
        };
        return el("button", { type: "button", role: "menuitem", on: { click: choose } }, icon(name), label);
      }),
    );
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    items()[0]?.focus();
  };

  button.addEventListener("click", () => (menu.hidden ? open() : close(true)));
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target) && !button.contains(event.target)) close(false);
  });
  menu.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) all[(at + step + all.length) % all.length].focus();
    else if (event.key === "Home") all[0].focus();
    else if (event.key === "End") all.at(-1).focus();
    else if (event.key === "Escape") close(true);
    else if (event.key === "Tab") close(false);
    else return;
    if (event.key !== "Tab") event.preventDefault();
  });
}
