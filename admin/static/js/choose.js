// Choosing rows: the box at the head ticks the page, another one takes all that match; a counter says how many it is.
"use strict";

for (const form of document.querySelectorAll("form[data-choose]")) {
  const boxes = [...form.querySelectorAll('input[name="rowid"]')];
  const page = form.querySelector("[data-all]");
  const everything = form.querySelector("[data-everything]");
  const count = form.querySelector("[data-count]");
  const tell = () => {
    const all = everything !== null && everything.checked;
    const ticked = boxes.filter((box) => box.checked).length;
    const chosen = all ? everything.dataset.everything : ticked;
    if (count) count.textContent = chosen ? count.dataset.some.replace("#", chosen) : count.dataset.none;
    boxes.forEach((box) => { box.disabled = all; });
    if (page) {
      page.disabled = all;
      page.checked = all || (ticked > 0 && ticked === boxes.length);
      page.indeterminate = !all && ticked > 0 && ticked < boxes.length;
    }
  };
  if (page) page.addEventListener("change", () => { boxes.forEach((box) => { box.checked = page.checked; }); tell(); });
  if (everything) everything.addEventListener("change", tell);
  // A range: with Shift held, everything between the last box and this one.
  let last = -1;
  boxes.forEach((box, at) => box.addEventListener("click", (event) => {
    if (event.shiftKey && last >= 0) {
      boxes.slice(Math.min(at, last), Math.max(at, last) + 1).forEach((one) => { one.checked = box.checked; });
    }
    last = at;
    tell();
  }));
  tell();
  window.addEventListener("pageshow", tell); // the browser ticks boxes again when one comes back
}
