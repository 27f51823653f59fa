// Shows what is really so beside what the gateway believes. The gateway itself knows none of it.
"use strict";

(() => {
  const WORDS = {
    fr: {
      truth: "Vérité",
      banner: "Démo : boutique virtuelle. Les capteurs sont simulés, la passerelle est la vraie.",
      people: (p) => `En vérité : ${p.in} entrées, ${p.inside} visiteurs présents.`,
      same: "l’estimation est juste",
      off: (n) => `écart de l’estimation : ${n}`,
    },
    en: {
      truth: "Truth",
      banner: "Demo: virtual store. The sensors are simulated, the gateway is the real one.",
      people: (p) => `In truth: ${p.in} came in, ${p.inside} visitors are inside.`,
      same: "the estimate is right",
      off: (n) => `the estimate is off by ${n}`,
    },
  };
  const words = WORDS[document.documentElement.lang] || WORDS.en;
  const EVERY_MS = 2000;
  const STYLE = `
    .demo { padding: .5rem 1rem; margin-bottom: 1rem; border-radius: 10px; font-size: .875rem;
      background: var(--low); color: var(--low-ink); }
    td.truth { color: var(--ok-ink); }
    td.truth.off { color: var(--out-ink); font-weight: 650; }`;

  let truth = null;

  function dress() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const banner = document.createElement("p");
    banner.className = "demo";
    banner.setAttribute("role", "note");
    banner.append(words.banner, " ", document.createElement("b"));
    document.querySelector("main")?.before(banner);
  }

  function cellOf(row, tag, before) {
    let cell = row.querySelector(":scope > .truth");
    if (!cell) {
      cell = document.createElement(tag);
      cell.className = "truth n";
      before.after(cell);
    }
    return cell;
  }

  function show() {
    if (!truth) return;
    document.querySelector(".demo b").textContent = words.people(truth.people);
    const tables = new Set();
    for (const row of document.querySelectorAll("tr[data-gtin]")) {
      const estimate = row.querySelector('[data-field="on_hand"]');
      const real = truth.stock[row.dataset.gtin];
      if (!estimate || !real) continue;
      const cell = cellOf(row, "td", estimate);
      const off = Number.parseInt(estimate.textContent, 10) - real.on_hand;
      const known = Number.isFinite(off);
      cell.textContent = real.on_hand;
      cell.classList.toggle("off", known && off !== 0);
      cell.title = known ? (off ? words.off(off > 0 ? `+${off}` : `−${-off}`) : words.same) : "";
      tables.add(row.closest("table"));
    }
    for (const table of tables) head(table);
  }

  function head(table) {
    const row = table.tHead?.rows[0];
    const sample = table.querySelector("tr[data-gtin]");
    if (!row || !sample || row.querySelector(".truth")) return;
    const at = [...sample.children].findIndex((cell) => cell.dataset.field === "on_hand");
    const cell = cellOf(row, "th", row.cells[at]);
    cell.scope = "col";
    cell.textContent = words.truth;
  }

  async function ask() {
    if (document.hidden) return;
    try {
      const answer = await fetch("/demo/truth");
      if (answer.ok) truth = await answer.json();
      show();
    } catch {
      // The gateway is gone; the page says so itself.
    }
  }

  dress();
  document.addEventListener("shelfcast:live", show);
  setInterval(ask, EVERY_MS);
  ask();
})();
