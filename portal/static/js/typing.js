// Conveniences of the form's pages: suggestions while typing, lists that narrow one another, saving as you go.
"use strict";

// A field that is found by typing (the combobox pattern of ARIA): the server answers names, one of them is taken over.
for (const input of document.querySelectorAll("input[data-search]")) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-list`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  const box = document.createElement("div");
  box.className = "combobox";
  input.replaceWith(box);
  box.append(input, list);
  let names = [], at = -1, asked = 0, timer = 0;

  const close = () => {
    clearTimeout(timer);
    asked++;
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    const item = list.children[at];
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    }
  };
  const take = (name) => {
    input.value = name;
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = () => {
    list.replaceChildren(
      ...names.map((name, index) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${index}`;
        item.textContent = name;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.addEventListener("pointerdown", (event) => event.preventDefault());
        item.addEventListener("click", () => take(name));
        return item;
      }),
    );
    at = -1;
    list.hidden = names.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const ask = async () => {
    const number = ++asked;
    try {
      const answer = await fetch(`${input.dataset.search}?q=${encodeURIComponent(input.value.trim())}`);
      const found = answer.ok ? (await answer.json()).names : [];
      if (number !== asked || document.activeElement !== input) return;
      names = found[0] === input.value.trim() ? [] : found;
      show();
    } catch {
      close(); // without an answer the name is looked up when the page is sent
    }
  };
  input.addEventListener("input", () => {
    close(); // names for what stood there before must not be taken any more
    timer = setTimeout(ask, 200);
  });
  input.addEventListener("focus", () => { if (!input.value) ask(); });
  input.addEventListener("blur", () => setTimeout(close, 250)); // a tap on a button below still meets the button
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((at + step + names.length) % names.length);
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      take(names[at]);
    } else if (event.key === "Escape") close();
  });
  input.setAttribute("aria-expanded", "false");
}

// Options that stand in groups like “province › city” are narrowed by a list for each part before them.
for (const select of document.querySelectorAll("select:has(optgroup)")) {
  const groups = [...select.querySelectorAll("optgroup")];
  const paths = groups.map((group) => group.label.split(" › "));
  const depth = Math.max(...paths.map((path) => path.length));
  if (groups.length < 2) continue;
  const labels = (select.dataset.levels ?? "").split(",");
  const chosen = () => paths[groups.findIndex((group) => group.contains(select.selectedOptions[0]))] ?? [];
  const lists = Array.from({ length: depth }, (_, level) => {
    const label = document.createElement("label");
    const list = document.createElement("select");
    list.className = "form-select";
    list.id = `${select.id}-level-${level}`;
    label.htmlFor = list.id;
    label.className = "level";
    label.textContent = labels[level] ?? "";
    list.addEventListener("change", () => narrow(level));
    select.before(label, list);
    return list;
  });
  const narrow = (from, wanted = []) => {
    for (let level = from + 1; level < depth; level++) {
      const above = lists.slice(0, level).map((list) => list.value);
      const parts = new Set(paths.filter((p) => above.every((part, i) => p[i] === part)).map((p) => p[level]));
      lists[level].replaceChildren(...[...parts].map((part) => new Option(part ?? "", part ?? "")));
      if (wanted[level] !== undefined) lists[level].value = wanted[level];
    }
    const here = lists.map((list) => list.value);
    groups.forEach((group, i) => {
      const fits = here.every((part, level) => (paths[i][level] ?? "") === part);
      if (fits && !group.isConnected) select.append(group);
      if (!fits) group.remove();
    });
    if (!select.selectedOptions.length) select.selectedIndex = 0;
  };
  const known = chosen();
  narrow(-1, known);
}

// What is typed is saved on the server: soon at first, then now and then, and when the page is left.
const PAUSE = 2500, REST = 20000;
for (const form of document.querySelectorAll("form[data-hold]")) {
  const said = form.querySelector("[data-said]");
  let timer = 0, dirty = false, last = 0;
  const hold = async (leaving) => {
    clearTimeout(timer);
    if (!dirty || form.dataset.sent) return;
    dirty = false;
    last = Date.now();
    try {
      const answer = await fetch(form.dataset.hold, { method: "POST", body: new FormData(form), keepalive: leaving });
      said.textContent = answer.ok
        ? form.dataset.held.replace("{time}", (await answer.json()).held)
        : form.dataset.refused;
    } catch {
      dirty = true;
      said.textContent = form.dataset.failed;
    }
  };
  const later = () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(() => hold(false), Math.max(PAUSE, last + REST - Date.now()));
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  addEventListener("pagehide", () => hold(true));
}

// A day that most people have: the first of August of the year they began to work.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const source = document.getElementById(input.dataset.suggestFrom);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-outline-primary btn-suggest";
  const day = () => /^\d{4}/.test(source?.value ?? "") ? `${source.value.slice(0, 4)}-${input.dataset.suggest}` : "";
  const offer = () => {
    button.hidden = !day() || Boolean(input.value);
    button.textContent = input.dataset.suggestText.replace("{day}", day());
  };
  button.addEventListener("click", () => {
    input.value = day();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
  for (const each of [source, input]) each?.addEventListener("change", offer);
  input.after(button);
  offer();
}
