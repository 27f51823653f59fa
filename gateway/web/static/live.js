// Keeps a page as true as the gateway: hears live events, reads the page anew, changes what differs.
// The page is whole without it.
"use strict";

(() => {
  const REFRESH_MS = 1500; // At most this often: a busy store changes many times a second.
  const DEAF_MS = 25000; // The gateway says something every ten seconds, if only that it is there.
  const RETRY_MS = 5000;
  const EVENTS = ["stock", "footfall", "occupancy", "conversion", "device", "alert", "reset"];

  const body = document.body;
  const pulse = document.getElementById("pulse");
  const filter = document.getElementById("filter");
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeStyle: "medium", timeZone: body.dataset.timezone, hourCycle: "h23",
  });

  let source = null;
  let lastId = body.dataset.after;
  let heard = Date.now();
  let live = false;
  let busy = false;
  let wanted = false;
  let lastRefresh = 0;

  function hear(event) {
    heard = Date.now();
    if (event.lastEventId) lastId = event.lastEventId;
    if (!live) {
      live = true;
      pulse.textContent = body.dataset.live;
      pulse.className = "pulse on";
    }
  }

  function lost() {
    if (!live && pulse.classList.contains("off")) return;
    live = false;
    pulse.textContent = body.dataset.notLive.replace("{time}", clock.format(heard));
    pulse.className = "pulse off";
  }

  function connect() {
    if (source) source.close();
    source = new EventSource("/api/v1/events?after=" + encodeURIComponent(lastId));
    source.addEventListener("hello", hear);
    source.addEventListener("beat", (event) => { hear(event); want(); });
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => { hear(event); want(); });
    }
    source.addEventListener("item", hear);
    source.addEventListener("error", () => {
      lost();
      // The browser tries again by itself after a broken line, but not after a refusal.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
    });
  }

  function want() {
    if (wanted || document.hidden) { wanted = true; return; }
    wanted = true;
    setTimeout(refresh, Math.max(0, lastRefresh + REFRESH_MS - Date.now()));
  }

  async function refresh() {
    if (busy || document.hidden) return;
    busy = true;
    wanted = false;
    lastRefresh = Date.now();
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      lost();
    } finally {
      busy = false;
      if (wanted) { wanted = false; want(); }
    }
  }

  function show(fresh) {
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const here = document.querySelector(`[data-part="${part.dataset.part}"]`);
      if (here && !here.isEqualNode(part)) replace(here, part);
    }
    for (const rows of fresh.querySelectorAll("[data-rows]")) {
      const here = document.querySelector(`[data-rows="${rows.dataset.rows}"]`);
      if (here) mergeRows(here, rows);
    }
    document.dispatchEvent(new CustomEvent("shelfcast:live"));
  }

  function replace(here, part) {
    // Whoever stands on a link or a button with the keyboard keeps standing there.
    const at = here.contains(document.activeElement) ? document.activeElement : null;
    const held = at && (at.id ? `#${CSS.escape(at.id)}`
      : `[href="${CSS.escape(at.getAttribute("href") || "")}"]`);
    here.replaceChildren(...part.childNodes);
    if (held) here.querySelector(held)?.focus();
  }

  // Row by row and cell by cell: cells that somebody else added to a row stay.
  function mergeRows(here, fresh) {
    const old = new Map([...here.children].map((row) => [row.dataset.gtin, row]));
    let place = here.firstElementChild;
    for (const row of [...fresh.children]) {
      const kept = old.get(row.dataset.gtin);
      old.delete(row.dataset.gtin);
      if (kept) mergeCells(kept, row);
      const shown = kept || row;
      if (shown === place) place = place.nextElementSibling;
      else here.insertBefore(shown, place);
    }
    for (const gone of old.values()) gone.remove();
  }

  function mergeCells(here, fresh) {
    for (const cell of fresh.querySelectorAll("[data-field]")) {
      const kept = here.querySelector(`[data-field="${cell.dataset.field}"]`);
      if (!kept || kept.innerHTML === cell.innerHTML) continue;
      kept.replaceChildren(...cell.childNodes);
      kept.classList.remove("changed");
      void kept.offsetWidth; // Lets the same animation begin again.
      kept.classList.add("changed");
    }
  }

  function search() {
    const query = new URLSearchParams(new FormData(filter));
    for (const [name, value] of [...query]) if (!value) query.delete(name);
    history.replaceState(null, "", location.pathname + (query.size ? "?" + query : ""));
    lastRefresh = 0;
    want();
  }

  if (filter) {
    let typing = 0;
    filter.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(search, 200);
    });
    filter.addEventListener("submit", (event) => { event.preventDefault(); search(); });
    filter.querySelector("button").hidden = true;
  }

  // A script of this page has changed something that the page shows.
  document.addEventListener("shelfcast:look", () => { lastRefresh = 0; want(); });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && wanted) { wanted = false; want(); }
  });
  setInterval(() => {
    if (Date.now() - heard > DEAF_MS) { lost(); connect(); heard = Date.now(); }
  }, 5000);
  connect();
})();
