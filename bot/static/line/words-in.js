/** Draws the words of text messages: web addresses as links, LINE's own emoji, mentions, and what is quoted. */

import { el, linked } from "./dom.js";

/** The nodes of a text whose `$` signs at certain places stand for LINE's emoji. */
export function textNodes({ text, emojis }) {
  const words = String(text ?? "");
  const places = new Set((Array.isArray(emojis) ? emojis : []).map((emoji) => emoji?.index));
  const nodes = [];
  let end = 0;
  for (let at = 0; at < words.length; at += 1) {
    if (words[at] !== "$" || !places.has(at)) continue;
    nodes.push(...linked(words.slice(end, at)), emojiMark());
    end = at + 1;
  }
  return [...nodes, ...linked(words.slice(end))];
}

/** The nodes of a text whose `{names}` are substituted by emoji and mentions; `{{` and `}}` are braces. */
export function substitutedNodes({ text, substitution }) {
  const given = substitution ?? {};
  const pieces = String(text ?? "").split(/(\{\{|\}\}|\{\w+\})/);
  return pieces.flatMap((piece) => {
    if (piece === "{{" || piece === "}}") return [piece[0]];
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    if (!name || !Object.hasOwn(given, name)) return linked(piece);
    if (given[name]?.type !== "mention") return [emojiMark()];
    return [el("span.mention", {}, given[name].mentionee?.type === "all" ? "@All" : "@メンバー")];
  });
}

/** LINE's own pictures are not fetched; a face stands for each. */
const emojiMark = () => el("span.emoji", { role: "img", "aria-label": "絵文字", title: "LINEの絵文字" }, "🙂");

/** What a message answers to: who said it, and its first words. */
export function quoteOf({ name, text }) {
  return el("div.quoted", {}, el("strong", {}, name), el("span", {}, text));
}
