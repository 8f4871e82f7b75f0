// Before anything is destroyed, or a number shown in full, a page asks. Here the same page is shown as a dialog over the present one; without
// script, and whenever it cannot be fetched, the link leads to it.
"use strict";

for (const link of document.querySelectorAll("a[data-ask]")) {
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } }).catch(() => null);
    const page = answer && answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const form = page && page.querySelector('main form[method="post"]');
    if (!form) { location.assign(link.href); return; }
    const dialog = document.createElement("dialog");
    const heading = document.createElement("h2");
    heading.id = "asked";
    heading.textContent = page.querySelector("main h1").textContent;
    dialog.setAttribute("aria-labelledby", heading.id);
    form.action = link.href;
    form.classList.remove("card");
    dialog.append(heading, form);
    const back = form.querySelector("a.quiet");
    if (back) back.addEventListener("click", (leaving) => { leaving.preventDefault(); dialog.close(); });
    dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
    document.body.append(dialog);
    dialog.showModal();
    const first = form.querySelector('input[type="radio"]'); // a question with answers of its own
    if (first) first.focus();
    else if (back) back.focus(); // the answer that does no harm
  });
}
