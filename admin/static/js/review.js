// Keys of the review page: j and k walk the list, d goes to the decision. They can be switched off (WCAG 2.1.4).
"use strict";

const keys = document.querySelector("[data-keys]");
const on = document.querySelector("[data-keys-on]");
const KEPT = "review-keys";

if (keys && on) {
  keys.hidden = false;
  on.checked = localStorage.getItem(KEPT) !== "off";
  on.addEventListener("change", () => localStorage.setItem(KEPT, on.checked ? "on" : "off"));
}

const step = (name) => { const link = document.querySelector(`a[data-step="${name}"]`); if (link) link.click(); };
const decide = () => {
  const form = document.querySelector("form[data-decide]");
  if (!form) return;
  form.closest("details").open = true;
  const field = form.querySelector("input[type=radio]:checked") || form.querySelector("input:not([type=hidden]), textarea, button");
  field.focus();
  field.scrollIntoView({ block: "center" });
};
const ACTS = {
  j: () => step("next"), ArrowRight: () => step("next"),
  k: () => step("previous"), ArrowLeft: () => step("previous"),
  d: decide,
  "?": () => { keys.open = !keys.open; keys.querySelector("summary").focus(); },
};

document.addEventListener("keydown", (event) => {
  if (!on || !on.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable], [tabindex='0']")) return;
  const act = ACTS[event.key];
  if (act) { event.preventDefault(); act(); }
});
