/** Shows what came of a trial as soon as it is there; what is being typed beside it stays. */

const EVERY_MS = 2000;

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(window.location.href);
      if (answer.redirected) return; // Signed out meanwhile, or the draft is published: nothing to wait for.
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("trial");
        if (fresh === null) return;
        if (fresh.dataset.state !== "running") {
          const trial = document.getElementById("trial");
          trial.replaceChildren(...fresh.childNodes); // The same element goes on, so that what is new in it is read aloud.
          trial.dataset.state = fresh.dataset.state;
          document.getElementById("without-waiting")?.remove();
          return;
        }
      }
    } catch {
      // The network is away; the next look may find it.
    }
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
