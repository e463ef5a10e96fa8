// Replaces parts of the page with what the server renders anew. Without it, everything can be read.
"use strict";

const SILENCE = 12000;
const RETRY = 5000;
let heard = Date.now();

function beingUsed(part) {
  const selection = getSelection();
  return !selection.isCollapsed && part.contains(selection.anchorNode);
}

function replace(part, html) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const where = focused && focused.getAttribute("href");
  part.innerHTML = html;
  const again = where && [...part.querySelectorAll("[href]")].find((one) => one.getAttribute("href") === where);
  if (again) again.focus();
}

function follow(url) {
  const waiting = new Map();
  let over = false;
  document.body.classList.add("is-live");
  function open() {
    const source = new EventSource(url);
    // A refusal (signed out, a proxy's 502 while the console restarts) ends an EventSource for good.
    source.onerror = () => {
      if (!over && source.readyState === EventSource.CLOSED) setTimeout(open, RETRY);
    };
    source.onmessage = (message) => {
      heard = Date.now();
      for (const [id, html] of Object.entries(JSON.parse(message.data))) waiting.set(id, html);
      for (const [id, html] of waiting) {
        const part = document.getElementById(id);
        if (!part || beingUsed(part)) continue;
        replace(part, html);
        waiting.delete(id);
      }
      over = document.querySelector("[data-ended]") !== null;
      if (over) source.close();
    };
  }
  open();
  setInterval(() => {
    document.body.classList.toggle("is-stale", !over && Date.now() - heard > SILENCE);
  }, 1000);
}

const url = document.body.dataset.live;
if (url) follow(url);

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
}
