// Tells the gateway where the tags lie, and looks at what it hears while they do.
"use strict";

(() => {
  const LOOK_MS = 1000;
  const PATH = "/api/v1/walk";

  const words = document.getElementById("walk")?.dataset;
  if (!words) return;
  let busy = false;

  const phase = () => document.querySelector("[data-phase]").dataset.phase;

  function look() {
    document.dispatchEvent(new Event("shelfcast:look"));
  }

  function wordOf(why) {
    const name = "why" + why.split("_").map((one) => one[0].toUpperCase() + one.slice(1)).join("");
    return words[name] || words.failed;
  }

  function hear({ status, body }, step) {
    if (status === 200) {
      staff.say(step === "apply" ? words.applied : "");
    } else if (status === 401) {
      staff.say(words.token, true);
      staff.needToken();
    } else if (status === 403) {
      staff.say(words.forbidden, true);
    } else {
      staff.say(wordOf(body.why || body.errors?.[0].field || "failed"), true);
    }
  }

  async function send(step) {
    if (busy) return;
    busy = true;
    try {
      hear(await staff.ask("POST", PATH, step), step.do);
    } catch {
      staff.say(words.failed, true);
    } finally {
      busy = false;
      look();
    }
  }

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "start") return;
    event.preventDefault();
    const { tags, count } = event.target.elements;
    const epcs = tags.value.split(/[\n,;]+/).map((one) => one.trim()).filter(Boolean);
    send({ do: "start", tags: epcs, count: Math.trunc(Number(count.value)) || 0 });
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zone], [data-step]");
    if (!button) return;
    const { zone, step } = button.dataset;
    if (zone) send({ do: "lay", zone });
    else if (step !== "discard" || confirm(words.sure)) send({ do: step });
  });

  setInterval(() => { if (["listening", "laid"].includes(phase())) look(); }, LOOK_MS);

  // A phone that goes dark between the shelves is no help; secure pages alone may keep it awake.
  document.addEventListener("click", () => navigator.wakeLock?.request("screen").catch(() => {}), { once: true });
})();
