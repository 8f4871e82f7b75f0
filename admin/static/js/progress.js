// How far a batch is: asked for each second, and the result when it is done. Without JavaScript the page refreshes.
"use strict";

const box = document.querySelector("[data-progress]");
const bar = box.querySelector("progress");
const words = box.querySelector("[data-words]");

const look = async () => {
  try {
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) { location.reload(); return; } // logged out meanwhile, or gone
    const now = await answer.json();
    if (now.finished) { location.reload(); return; }
    bar.max = now.total;
    bar.value = now.done;
    words.textContent = now.text;
  } catch { /* the network is away: try again */ }
  setTimeout(look, 1000);
};
setTimeout(look, 1000);
