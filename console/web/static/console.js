// Replaces parts of the page with what the server renders anew. Without it, everything can be read.
"use strict";

const SILENCE = 12000;
const RETRY = 5000;
let heard = Date.now();

// Times come in UTC. Who prefers local time says it once.
const ZONES = { UTC: "local time", "local time": "UTC" };
let zone = kept("zone") === "local time" ? "local time" : "UTC";

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // refused by the browser's settings
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It holds for this page, then.
  }
}

function told(moment) {
  const minutes = zone === "UTC" ? 0 : moment.getTimezoneOffset();
  return new Date(moment - minutes * 60000).toISOString().replace("T", " ").slice(0, 19);
}

function tellTimes(root) {
  const today = told(new Date()).slice(0, 10);
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (isNaN(moment)) continue;
    const text = told(moment);
    time.textContent = "clock" in time.dataset && text.startsWith(today) ? text.slice(11) : text;
  }
  for (const name of root.querySelectorAll(".zone")) name.textContent = zone;
}

function offerZones(button) {
  const tell = () => {
    button.textContent = zone;
    button.title = `Times are in ${zone}. Show ${ZONES[zone]}`;
    tellTimes(document);
  };
  button.addEventListener("click", () => {
    zone = ZONES[zone];
    keep("zone", zone);
    tell();
  });
  button.hidden = false;
  tell();
}

function beingUsed(part) {
  const selection = getSelection();
  return !selection.isCollapsed && part.contains(selection.anchorNode);
}

// What is the same after it was rendered anew: a link by where it leads, a button by its id.
function named(one) {
  return one.getAttribute("href") || one.id;
}

function replace(part, html) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const where = focused && named(focused);
  part.innerHTML = html;
  tellTimes(part);
  const again = where && [...part.querySelectorAll("[href], button[id]")].find((one) => named(one) === where);
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
      over = document.querySelector("[data-over]") !== null;
      if (over) source.close();
    };
  }
  open();
  setInterval(() => {
    document.body.classList.toggle("is-stale", !over && Date.now() - heard > SILENCE);
  }, 1000);
}

const zones = document.getElementById("zones");
if (zones) offerZones(zones);

const url = document.body.dataset.live;
if (url) follow(url);

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
}
