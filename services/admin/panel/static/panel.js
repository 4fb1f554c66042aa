"use strict";

// The menu on a phone.
const menu = document.querySelector("[data-menu]");
const nav = document.getElementById("nav");

function showMenu(isShown) {
  document.body.classList.toggle("menu-shown", isShown);
  menu.setAttribute("aria-expanded", String(isShown));
  if (isShown) nav.querySelector("a").focus();
}

menu.addEventListener("click", () => showMenu(!document.body.classList.contains("menu-shown")));
document.getElementById("main").addEventListener("click", () => showMenu(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("menu-shown")) {
    showMenu(false);
    menu.focus();
  }
  // A slash goes to the search, as in many places.
  const search = document.querySelector("[type=search]");
  if (event.key === "/" && search && !event.target.closest("input, textarea, select")) {
    event.preventDefault();
    search.focus();
  }
});

// What cannot be taken back asks first.
const dialog = document.getElementById("confirm");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed) {
    // Twice pressed is not twice meant.
    // A file that is handed out leaves the page as it is.
    const isDownload = event.submitter && "download" in event.submitter.dataset;
    if (form.method === "post" && !isDownload) for (const button of form.querySelectorAll("button")) setTimeout(() => (button.disabled = true));
    return;
  }
  event.preventDefault();
  const submitter = event.submitter;
  document.getElementById("confirm-text").textContent = form.dataset.confirm;
  dialog.returnValue = "no";
  dialog.showModal();
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
    },
    { once: true },
  );
});

// A page that comes back from the browser's memory has live buttons again.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
});

// What a form that sends itself has chosen: lists of periods, filters.
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// A notice is said once: loading the page again does not repeat it.
if (document.querySelector(".notice[role=status]")) {
  const address = new URL(location.href);
  for (const name of [...address.searchParams.keys()]) if (name.startsWith("notice")) address.searchParams.delete(name);
  history.replaceState(null, "", address);
}

// Parts that are shown live.
const live = document.querySelector("[data-live]");

function replaceLive(html) {
  const isBusy = live.contains(document.activeElement) || dialog.open || String(getSelection());
  if (isBusy) return false;
  live.innerHTML = html;
  return true;
}

if (live) {
  const source = new EventSource(live.dataset.live);
  let waiting = null;
  const show = () => {
    if (waiting !== null && replaceLive(waiting)) waiting = null;
  };
  source.addEventListener("part", (event) => {
    waiting = JSON.parse(event.data);
    show();
  });
  source.addEventListener("open", () => document.body.classList.remove("not-live"));
  source.addEventListener("error", () => document.body.classList.add("not-live"));
  source.addEventListener("over", () => {
    source.close();
    location.reload();
  });
  document.addEventListener("focusout", () => setTimeout(show));
  addEventListener("pagehide", () => source.close());
}
