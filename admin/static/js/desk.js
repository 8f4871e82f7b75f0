// The desk by keyboard: function keys press what carries their name, and the list of missing papers follows the ticks.
"use strict";

for (const hint of document.querySelectorAll("[data-hint]")) hint.hidden = false;

const next = document.getElementById("text");
const TYPED_INTO = 'input:not([type="checkbox"], [type="radio"]), select, textarea';

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  // A scanner types a number and Enter, wherever the focus is: that is the next person, and never a press of a button.
  if (next && /^\d$/.test(event.key) && !event.target.matches(TYPED_INTO)) {
    next.value = "";
    next.focus();
    return;
  }
  const name = (event.shiftKey ? "Shift+" : "") + event.key;
  const target = document.querySelector(`[data-key="${CSS.escape(name)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) { target.focus(); target.select(); } else target.click();
});

const papers = document.querySelector(".papers:has([data-missing])");
if (papers) {
  const boxes = [...papers.querySelectorAll('input[type="checkbox"]')];
  const all = papers.querySelector("[data-tick]");
  const said = papers.querySelector("[data-missing]");
  const tell = () => {
    const missing = boxes.filter((box) => box.dataset.needed && !box.checked).map((box) => box.dataset.needed);
    said.textContent = missing.length ? said.dataset.says + missing.join(said.dataset.between) : boxes.length ? said.dataset.done : "";
  };
  all.hidden = boxes.length === 0;
  all.addEventListener("click", () => {
    const fill = boxes.some((box) => !box.checked);
    boxes.forEach((box) => { box.checked = fill; });
    tell();
    const signed = document.getElementById("signed_version");
    if (fill && signed && !signed.value) signed.focus();
  });
  boxes.forEach((box) => box.addEventListener("change", tell));
  tell();
}

// One press, one receipt: the second press of an impatient Enter must not send the form again.
const form = document.getElementById("at-desk");
if (form) form.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 3000);
});
