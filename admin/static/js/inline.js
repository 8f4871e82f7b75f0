// Changing one value in the list: the pencil opens it, Enter saves, Escape leaves it as it was.
"use strict";

for (const table of document.querySelectorAll("table[data-inline]")) {
  const open = (cell) => {
    if (cell.querySelector("[data-now]")) return;
    const [shown, pen] = [cell.querySelector("span"), cell.querySelector(".pen")];
    const model = document.querySelector(`template[data-editor="${cell.dataset.name}"]`).content.firstElementChild;
    const control = model.cloneNode(true);
    control.removeAttribute("id");
    control.dataset.now = "";
    control.setAttribute("aria-label", pen.getAttribute("aria-label"));
    if (control.type === "checkbox") control.checked = cell.dataset.value === "1"; else control.value = cell.dataset.value;
    const value = () => (control.type === "checkbox" ? (control.checked ? "1" : "") : control.value);
    let left = false; // removing the control blurs it, which would leave a second time
    const leave = () => { if (left) return; left = true; control.remove(); shown.hidden = pen.hidden = false; cell.querySelector(".errors")?.remove(); pen.focus(); };
    const save = async () => {
      const row = cell.closest("tr");
      const body = new URLSearchParams({ id: row.dataset.id, version: row.dataset.version, name: cell.dataset.name, value: value() });
      const headers = { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
      const answer = await fetch(table.dataset.inline, { method: "POST", body, headers }).catch(() => null);
      const isJson = answer !== null && (answer.headers.get("Content-Type") ?? "").includes("json");
      const told = isJson ? await answer.json() : { error: answer ? table.dataset.ended : table.dataset.lost };
      cell.querySelector(".errors")?.remove();
      if (isJson && answer.ok) {
        shown.textContent = told.text;
        cell.dataset.value = told.value;
        row.dataset.version = told.version;
        leave();
      } else {
        if (told.version) { // somebody else was faster: show what is there, and let the reader decide once more
          shown.textContent = told.text;
          cell.dataset.value = told.value;
          row.dataset.version = told.version;
        }
        const error = document.createElement("p");
        error.className = "errors";
        error.role = "alert";
        error.textContent = told.error;
        cell.append(error);
      }
    };
    control.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); save(); }
      if (event.key === "Escape") leave();
    });
    control.addEventListener("change", () => { if (control.type === "checkbox" || control.tagName === "SELECT") save(); });
    control.addEventListener("blur", () => { if (value() === cell.dataset.value ) leave(); });
    shown.hidden = pen.hidden = true;
    cell.prepend(control);
    control.focus();
  };
  table.addEventListener("click", (event) => { const pen = event.target.closest(".pen"); if (pen) open(pen.closest("td")); });
}
