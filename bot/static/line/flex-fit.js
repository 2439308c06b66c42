/** Makes letters smaller until they fit their line, for `adjustMode: shrink-to-fit`. */

const SMALLEST = 0.4;

const observer = new ResizeObserver((entries) => {
  // Not at once: a change while sizes are being told of would be told of again.
  requestAnimationFrame(() => entries.forEach(({ target }) => fit(target)));
});

/** Keep the line `letters` as small as its room wants, now and whenever the room changes. */
export function keepFitting(letters) {
  observer.observe(letters);
}

function fit(letters) {
  const room = letters.clientWidth;
  if (!room || letters.dataset.room === String(room)) return;
  letters.dataset.room = String(room);
  letters.style.fontSize = "";
  const wanted = letters.scrollWidth;
  if (wanted > room) letters.style.fontSize = `${100 * Math.max(SMALLEST, Math.floor((100 * room) / wanted) / 100)}%`;
}
