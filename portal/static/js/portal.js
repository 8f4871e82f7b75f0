// Only conveniences: every page works without this file.
"use strict";

// A reading delay: the button waits, and says for how long.
for (const button of document.querySelectorAll("button[data-delay]")) {
  const words = button.textContent.trim();
  let left = Number(button.dataset.delay);
  const tick = () => {
    button.disabled = left > 0;
    button.textContent = left > 0 ? button.dataset.waiting.replace("{seconds}", left) : words;
    if (left-- > 0) setTimeout(tick, 1000);
  };
  tick();
}

// A press counts once; coming back by the browser's button frees the form again.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});

// A long list gets a field that narrows it.
for (const list of document.querySelectorAll("select[data-find]")) {
  if (list.options.length < 21 || list.querySelector("optgroup")) continue;
  const all = [...list.options];
  const finder = document.createElement("input");
  finder.type = "search";
  finder.className = "form-control finder";
  finder.placeholder = list.dataset.find;
  finder.autocomplete = "off";
  finder.setAttribute("aria-label", list.dataset.findLabel);
  finder.addEventListener("input", () => {
    const wanted = finder.value.trim().toLowerCase();
    const chosen = list.value;
    const found = all.filter((o) => !o.value || o.value === chosen || o.text.toLowerCase().includes(wanted));
    list.replaceChildren(...found);
    list.value = chosen;
    const hits = found.filter((o) => o.value && o.text.toLowerCase().includes(wanted));
    const exact = hits.find((o) => o.text.toLowerCase() === wanted);
    if (exact || (wanted && hits.length === 1)) list.value = (exact ?? hits[0]).value;
  });
  finder.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  list.before(finder);
}

// The clipboard is there only under https; elsewhere the old way, and at worst the text is selected for the reader.
async function copies(element) {
  try {
    await navigator.clipboard.writeText(element.innerText);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copies(document.getElementById(button.dataset.copy));
    document.getElementById(button.dataset.said).textContent = done ? button.dataset.done : button.dataset.failed;
  });
}
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A page that answered a form is opened again by its address: going back to it asks nobody to send anything twice.
if (document.querySelector("form[data-once]")) history.replaceState(null, "", location.href);

// Whoever made mistakes is taken to the list of them.
document.querySelector(".errors")?.focus();
