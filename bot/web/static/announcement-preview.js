/** Shows an announcement as a client sees it; the page around it may send other messages to show. */

import { drawMessage } from "./line/messages.js";

const talk = document.getElementById("talk");
const said = document.getElementById("said");

/** What a button does is told, not done. */
const actions = {
  makeTappable(element, action) {
    if (!action) return element;
    if (element.tagName !== "BUTTON") {
      element.tabIndex = 0;
      element.setAttribute("role", "button");
    }
    element.classList.add("tappable");
    element.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopPropagation();
      tell(action);
    });
    return element;
  },
};

function tell(action) {
  said.textContent = action.type === "uri" ? `開くページ: ${action.uri}` : `お客様が送る言葉: ${action.displayText ?? action.text ?? action.label}`;
  said.hidden = false;
}

function show(messages) {
  said.hidden = true;
  talk.replaceChildren();
  if (!messages.length) {
    talk.append(line("empty", "ここに、お客様の画面での見え方が出ます。"));
  } else {
    talk.append(line("sender", talk.dataset.name));
    for (const message of messages) {
      const row = document.createElement("div");
      row.className = "message";
      row.append(drawMessage(message, actions));
      talk.append(row);
    }
  }
}

function line(className, text) {
  const element = document.createElement("p");
  element.className = className;
  element.textContent = text;
  return element;
}

addEventListener("message", (event) => {
  if (event.origin === location.origin && Array.isArray(event.data?.messages)) show(event.data.messages);
});
new ResizeObserver(() => {
  parent.postMessage({ previewHeight: Math.ceil(document.body.getBoundingClientRect().height) }, location.origin);
}).observe(document.body);
show(JSON.parse(document.getElementById("messages").textContent));
