// What makes the pages quicker to use. Every page also works without it, but for choosing from long lists by typing.
"use strict";

// The menu is open beside the page and folded above it on a narrow screen.
const wide = window.matchMedia("(min-width: 60.01rem)");
const fold = document.querySelector(".frame:not(.whole) details[data-wide-open]");
if (fold) {
  const follow = () => { fold.open = wide.matches; };
  wide.addEventListener("change", follow);
  follow();
}

// Choosing a row of another table by typing (a combobox with a list, as WAI-ARIA describes it).
for (const box of document.querySelectorAll("input[data-lookup]")) {
  const key = box.parentElement.querySelector('input[type="hidden"]');
  const list = document.getElementById(box.getAttribute("aria-controls"));
  let waiting = 0;
  let asked = 0;
  let active = -1;

  const close = () => {
    clearTimeout(waiting);
    asked += 1; // an answer that is still on its way must not open the list again
    list.hidden = true;
    active = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const choose = (item) => { key.value = item.dataset.key; box.value = item.textContent; close(); };
  const mark = (index) => {
    const items = [...list.children];
    if (!items.length) return;
    active = (index + items.length) % items.length;
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === active)));
    box.setAttribute("aria-activedescendant", items[active].id);
    items[active].scrollIntoView({ block: "nearest" });
  };
  const show = (found) => {
    list.replaceChildren(...found.map(([value, text], at) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${at}`;
      item.role = "option";
      item.dataset.key = value;
      item.textContent = text;
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(item); });
      return item;
    }));
    list.hidden = !found.length;
    active = -1;
    box.setAttribute("aria-expanded", String(!list.hidden));
  };
  const ask = async () => {
    const mine = ++asked;
    const url = new URL(box.dataset.lookup, location.href);
    url.searchParams.set("query", box.value.trim());
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (answer.ok && mine === asked) show(await answer.json());
  };
  box.addEventListener("input", () => { key.value = ""; clearTimeout(waiting); waiting = setTimeout(ask, 150); });
  box.addEventListener("focus", () => { if (!key.value) ask(); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask(); else mark(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(list.children[active]);
    } else if (event.key === "Escape") {
      close();
    }
  });
}

for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
