// The grid of years: the sum of the hours follows what is typed. Arrow keys go up and down in a column of numbers and texts.
"use strict";

for (const table of document.querySelectorAll("table[data-hours]")) {
  const cells = [...table.querySelectorAll(`input[name$="${table.dataset.hours}"]`)];
  const sum = table.querySelector("[data-sum]");
  const add = () => { sum.textContent = cells.reduce((total, cell) => total + (Number(cell.value) || 0), 0); };
  for (const cell of cells) cell.addEventListener("input", add);
  add();
}

for (const table of document.querySelectorAll("table.grid")) {
  table.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const here = event.target.closest("td");
    if (!step || !here || event.target.tagName !== "INPUT" || event.target.type === "date" || event.isComposing) return;
    const row = here.parentElement[step < 0 ? "previousElementSibling" : "nextElementSibling"];
    const there = row && row.cells[here.cellIndex] && row.cells[here.cellIndex].querySelector("input");
    event.preventDefault(); // else the browser counts the number up or down
    if (there) there.focus();
  });
}
