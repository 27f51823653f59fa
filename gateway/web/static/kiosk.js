// Turns the pages of the shopper's screen. Each turn asks the gateway anew, so what stands there is
// never older than one turn; when nobody answers for a minute, nothing is promised any more.
"use strict";

(() => {
  const LOST_MS = 60000;
  const HELD_MS = 60000;

  const screen = () => document.getElementById("screen");
  const lost = document.getElementById("lost");
  let answered = Date.now();
  let heldUntil = 0;

  async function turn() {
    try {
      // A page that somebody holds is read again where it is.
      const held = Date.now() < heldUntil;
      const answer = await fetch(held ? location.href : screen().dataset.next, {
        headers: { Accept: "text/html" },
      });
      if (!answer.ok) throw new Error(answer.statusText);
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      history.replaceState(null, "", answer.url);
      answered = Date.now();
    } catch {
      if (Date.now() - answered < LOST_MS) return;
    }
    lost.hidden = Date.now() - answered < LOST_MS;
    screen().hidden = !lost.hidden;
  }

  function show(fresh) {
    screen().replaceWith(fresh.getElementById("screen"));
    document.getElementById("asof").replaceWith(fresh.getElementById("asof"));
  }

  // Nothing that moves by itself without a way to stop it (WCAG 2.2, 2.2.2): a touch or a key holds
  // the page for a minute.
  for (const name of ["pointerdown", "keydown"]) {
    document.addEventListener(name, () => { heldUntil = Date.now() + HELD_MS; });
  }
  setInterval(turn, 1000 * screen().dataset.turn);
})();
