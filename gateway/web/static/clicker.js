// Counts presses, keeps them on this phone until the gateway has them, and shows both.
"use strict";

(() => {
  const SEND_MS = 1000;
  const ALIVE_MS = 15000; // The gateway takes a phone that says nothing for one that nobody holds.
  const AT_ONCE = 500;

  const box = document.getElementById("clicker");
  if (!box) return;
  const door = box.dataset.door;
  const path = "/api/v1/doors/" + encodeURIComponent(door) + "/manual";
  const place = "shelfcast-taps-" + door;
  const buttons = [...box.querySelectorAll("[data-way]")];
  const undo = document.getElementById("undo");
  const waiting = document.getElementById("waiting");

  // What the gateway has, and what it does not have yet.
  const there = { in: Number(box.dataset.in), out: Number(box.dataset.out) };
  const here = JSON.parse(localStorage.getItem(place)) || { phone: staff.newId("phone"), n: 0, taps: [] };
  let watching = Boolean(box.dataset.watching);
  let last = null; // The press that can be taken back.
  let sending = false;
  let sent = 0;
  let lost = false;
  let barred = false; // Refused for want of a token: asking again by itself would be in vain.

  function keep() {
    localStorage.setItem(place, JSON.stringify(here));
  }

  function show() {
    for (const button of buttons) {
      const way = button.dataset.way;
      const mine = here.taps.filter((tap) => tap.way === way);
      const count = mine.reduce((sum, tap) => sum + (tap.undo ? -1 : 1), there[way]);
      button.querySelector("b").textContent = Math.max(0, count);
      button.disabled = !watching;
    }
    undo.disabled = !watching || !last;
    const count = lost ? here.taps.length : 0;
    const words = count === 1 ? box.dataset.waitingOne : box.dataset.waiting;
    waiting.textContent = count ? words.replace("{count}", count) : "";
  }

  function press(way, at, back) {
    here.n += 1;
    here.taps.push({ n: here.n, way, at, undo: back });
    keep();
    show();
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      last = { way: button.dataset.way, at: Date.now() };
      press(last.way, last.at, false);
      navigator.vibrate?.(15);
    });
  }
  undo.addEventListener("click", () => {
    const { way, at } = last;
    last = null;
    press(way, at, true);
  });

  async function send(step) {
    if (sending) return false;
    sending = true;
    sent = Date.now();
    const taps = here.taps.slice(0, AT_ONCE);
    try {
      const answer = await staff.ask("POST", path, {
        do: step,
        phone: here.phone,
        taps: taps.map(({ n, way, at, undo: back }) => (
          { n, way, age: Math.min(86400, Math.max(0, (Date.now() - at) / 1000)), undo: back }
        )),
      });
      lost = answer.status >= 500 || answer.status === 429;
      hear(answer, step, taps.length);
      return answer.status === 200;
    } catch {
      lost = true;
      if (step !== "taps") staff.say(box.dataset.failed, true);
      return false;
    } finally {
      sending = false;
      show();
    }
  }

  function hear({ status, body }, step, taken) {
    if (status === 200) {
      here.taps.splice(0, taken);
      keep();
      there.in = body.in;
      there.out = body.out;
      if (watching !== body.watching) look();
      watching = body.watching;
      barred = false;
      if (step !== "taps") staff.say(step === "apply" ? box.dataset.applied : "");
    } else if (status === 401) {
      barred = true;
      staff.say(box.dataset.token, true);
      staff.needToken();
    } else if (status === 403) {
      barred = true;
      staff.say(box.dataset.forbidden, true);
    } else if (step !== "taps") {
      staff.say(box.dataset.failed, true);
    }
  }

  function look() {
    document.dispatchEvent(new Event("shelfcast:look"));
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const step = button.dataset.step;
    if (step === "discard" && !confirm(box.dataset.sure)) return;
    while (sending) await new Promise((done) => setTimeout(done, 50));
    await send(step);
    if (step !== "start" && step !== "pause") last = null;
    show();
    look();
  });

  document.getElementById("token")?.addEventListener("submit", () => { barred = false; });
  setInterval(() => {
    const due = here.taps.length || (watching && Date.now() - sent > ALIVE_MS);
    if (due && !barred) send("taps");
  }, SEND_MS);

  // A phone that goes dark at the door stops counting; secure pages alone may keep it awake.
  document.addEventListener("click", () => navigator.wakeLock?.request("screen").catch(() => {}), { once: true });
  show();
})();
