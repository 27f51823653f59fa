// Holds goods with two taps and reads barcodes where the browser can. Searching works without it.
"use strict";

(() => {
  const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "itf", "code_128", "data_matrix", "qr_code"];
  const LOOK_MS = 150;

  const find = document.getElementById("filter");
  const said = document.getElementById("said");
  const { ask, say } = staff;
  const dialog = document.getElementById("hold");
  const camera = document.getElementById("camera");
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeStyle: "short", timeZone: document.body.dataset.timezone, hourCycle: "h23",
  });
  let asked = null; // What the open dialog is about; its id makes a second tap harmless.

  // --- hold -------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-hold]");
    if (!button) return;
    asked = { id: staff.newId("seller"), gtin: button.dataset.hold, name: button.dataset.name };
    document.getElementById("hold-name").textContent = asked.name;
    const qty = dialog.querySelector("[name=qty]");
    qty.value = 1;
    qty.max = button.dataset.free;
    dialog.returnValue = "";
    dialog.showModal();
  });

  dialog.addEventListener("close", async () => {
    if (dialog.returnValue !== "hold") return;
    const { id, gtin, name } = asked;
    const qty = Number(dialog.querySelector("[name=qty]").value);
    const minutes = Number(dialog.querySelector("[name=minutes]").value);
    try {
      const body = { id, gtin, qty, minutes, channel: "seller" };
      tell(await ask("POST", "/api/v1/holds", body), name);
    } catch {
      say(dialog.dataset.failed, true);
    }
  });

  function tell({ status, body }, name) {
    if (status === 200 || status === 201) {
      say(`${name}: ` + dialog.dataset.held.replace("{time}", clock.format(new Date(body.expires))));
      const undo = document.createElement("button");
      undo.type = "button";
      undo.textContent = dialog.dataset.undo;
      undo.addEventListener("click", () => release(body.id, name));
      said.append(" ", undo);
    } else if (status === 409 && body.available !== undefined) {
      say(dialog.dataset.insufficient.replace("{count}", body.available), true);
    } else if (status === 401) {
      say(dialog.dataset.token, true);
      staff.needToken();
    } else {
      say(status === 403 ? dialog.dataset.forbidden : dialog.dataset.failed, true);
    }
  }

  async function release(id, name) {
    try {
      const { status } = await ask("DELETE", "/api/v1/holds/" + encodeURIComponent(id));
      if (status !== 200) throw new Error(String(status));
      say(`${name}: ${dialog.dataset.undone}`);
    } catch {
      say(dialog.dataset.failed, true);
    }
  }

  // --- search and scan --------------------------------------------------------------------------

  // A hand scanner types and ends with Enter: the next code must replace this one.
  find.addEventListener("submit", () => find.q.select());

  function search(code) {
    find.q.value = code;
    find.requestSubmit();
  }

  async function scan() {
    const video = camera.querySelector("video");
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      say(camera.dataset.none, true);
      return;
    }
    video.srcObject = stream;
    camera.showModal();
    const looking = setInterval(() => look(video), LOOK_MS);
    camera.addEventListener("close", () => {
      clearInterval(looking);
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    }, { once: true });
    await video.play().catch(() => {});
  }

  let reader = null;
  async function look(video) {
    reader = reader || new BarcodeDetector({ formats: FORMATS });
    const codes = await reader.detect(video).catch(() => []);
    if (!codes.length || !camera.open) return;
    camera.close();
    search(codes[0].rawValue);
  }

  // Browsers give the camera to secure pages alone; elsewhere the field takes what is typed.
  if ("BarcodeDetector" in window && navigator.mediaDevices) {
    const button = document.getElementById("scan");
    button.hidden = false;
    button.addEventListener("click", scan);
  }
})();
