// What staff's pages share: asking the gateway with this phone's token, and keeping that token.
"use strict";

const staff = (() => {
  const TOKEN = "shelfcast-token";
  const said = document.getElementById("said");
  const token = document.getElementById("token");

  function say(text, bad) {
    said.textContent = text;
    said.classList.toggle("bad", Boolean(bad));
  }

  async function ask(method, path, body) {
    const headers = { "Content-Type": "application/json" };
    const kept = localStorage.getItem(TOKEN);
    if (kept) headers.Authorization = "Bearer " + kept;
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
  }

  function newId(what) {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    return what + "-" + [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  }

  function needToken() {
    if (token) token.open = true;
  }

  token?.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = event.target.elements.token;
    localStorage.setItem(TOKEN, field.value.trim());
    field.value = "";
    token.open = false;
    say("");
  });
  document.getElementById("forget")?.addEventListener("click", () => {
    localStorage.removeItem(TOKEN);
    token.open = false;
  });

  return { ask, say, newId, needToken };
})();
