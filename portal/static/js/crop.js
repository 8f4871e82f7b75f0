// Choosing the part of a photo that is kept. Without this file the server takes the middle.
"use strict";
{
  const SHAPE = 114 / 156;
  const HEAVIEST = 20 * 1024 * 1024; // bytes that the server takes
  const LONGEST = 1200; // pixels to work with: an old phone has no room for a camera's fifty million
  const LEAST = 120; // pixels of the file across the part; the server refuses less than 114
  const GOOD = 295; // pixels of the file across the part that print well
  const MOST = 8; // times

  const find = (id) => document.getElementById(id);
  const crop = find("cropper");
  const words = crop.dataset;
  const frame = find("crop-frame");
  const canvas = find("crop-canvas");
  const preview = find("crop-preview");
  const slider = find("crop-zoom");
  const input = find("photo");
  const form = input.form;
  const value = form.elements.crop;

  let source = null; // a canvas with the picture upright
  let perPixel = 1; // how many pixels of the file one of its pixels is, as far as we know
  let known = true;
  let zoom = 1;
  let most = 1;
  const at = { x: 0, y: 0 }; // the part's corner in the source
  let chosen = 0; // counts the choices: an answer for an earlier file is dropped

  const clamp = (number, least, greatest) => Math.min(Math.max(number, least), greatest);
  const widest = () => Math.min(source.width, source.height * SHAPE);
  const across = () => widest() / zoom;

  function say(sentence, wrong = false) {
    const said = find("crop-said");
    if (said.textContent !== sentence) said.textContent = sentence;
    said.classList.toggle("is-wrong", wrong);
  }

  // The picture

  async function choose(file) {
    const choice = ++chosen;
    crop.hidden = true;
    value.value = "";
    if (!file) return say("");
    if (file.size > HEAVIEST) return say(words.heavy, true);
    say(words.working);
    let found;
    try {
      found = (await drawnHere(file)) || (await drawnThere(file));
    } catch {
      found = words.failed;
    }
    if (choice !== chosen) return;
    if (typeof found === "string") say(found, true);
    else open(found);
  }

  // Not what the server will refuse; and a browser that does not turn photos upright would show another part of them.
  async function drawnHere(file) {
    const fits = /^image\/(jpeg|png|hei[cf])$/.test(file.type);
    if (!fits || !CSS.supports("image-orientation", "from-image")) return null;
    return drawn(file).catch(() => null);
  }

  // HEIC, which most browsers cannot show, as the server sees it; or the server's sentence.
  async function drawnThere(file) {
    const body = new FormData();
    body.append("csrf_token", form.elements.csrf_token.value);
    body.append("photo", file);
    const answer = await fetch(words.url, { method: "POST", body });
    const kind = answer.headers.get("Content-Type") || "";
    if (answer.redirected) return words.expired;
    if (kind.startsWith("text/plain")) return answer.text();
    if (!answer.ok || !kind.startsWith("image/")) return words.failed;
    const picture = await drawn(await answer.blob());
    picture.known = Math.max(picture.small.width, picture.small.height) < LONGEST; // else the server has shrunk it
    return picture;
  }

  async function drawn(blob) {
    const url = URL.createObjectURL(blob);
    try {
      const picture = new Image();
      await new Promise((done, failed) => {
        picture.onload = done;
        picture.onerror = failed;
        picture.src = url;
      });
      const scale = Math.min(1, LONGEST / Math.max(picture.naturalWidth, picture.naturalHeight));
      const small = document.createElement("canvas");
      small.width = Math.max(1, Math.round(picture.naturalWidth * scale));
      small.height = Math.max(1, Math.round(picture.naturalHeight * scale));
      const pen = small.getContext("2d");
      pen.fillStyle = "#fff"; // as the server does under transparency
      pen.fillRect(0, 0, small.width, small.height);
      pen.imageSmoothingQuality = "high";
      pen.drawImage(picture, 0, 0, small.width, small.height);
      return { small, scale, known: true };
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  function open(picture) {
    source = picture.small;
    perPixel = 1 / picture.scale;
    known = picture.known;
    most = clamp((widest() * perPixel) / LEAST, 1, MOST);
    zoom = 1;
    at.x = (source.width - across()) / 2;
    at.y = (source.height - across() / SHAPE) / 2;
    slider.disabled = most === 1;
    crop.hidden = false;
    fit();
    crop.scrollIntoView({ block: "nearest" });
  }

  // The part

  function fit() {
    if (!source || crop.hidden) return;
    canvas.width = Math.round(frame.clientWidth * Math.min(devicePixelRatio || 1, 3));
    canvas.height = Math.round(canvas.width / SHAPE);
    draw();
  }

  function draw() {
    const width = across();
    const height = width / SHAPE;
    at.x = clamp(at.x, 0, Math.max(0, source.width - width));
    at.y = clamp(at.y, 0, Math.max(0, source.height - height));
    for (const target of [canvas, preview]) {
      const pen = target.getContext("2d");
      pen.imageSmoothingQuality = "high";
      pen.drawImage(source, at.x, at.y, width, height, 0, 0, target.width, target.height);
    }
    const parts = [at.x / source.width, at.y / source.height, width / source.width, height / source.height];
    value.value = parts.map((part) => Math.floor(part * 1e6) / 1e6).join(",");
    slider.value = most > 1 ? (100 * Math.log(zoom)) / Math.log(most) : 0;
    tell(width, height);
  }

  let soon = 0;
  function tell(width, height) {
    say(known && width * perPixel < GOOD ? words.coarse : words.ready);
    const percent = (place, room) => (room > 0.5 ? Math.round((100 * place) / room) : 50);
    const place = words.place
      .replace("{zoom}", zoom.toFixed(1))
      .replace("{x}", percent(at.x, source.width - width))
      .replace("{y}", percent(at.y, source.height - height));
    slider.setAttribute("aria-valuetext", place);
    clearTimeout(soon);
    soon = setTimeout(() => (find("crop-place").textContent = place), 500);
  }

  // Right and down are the way that the picture goes, as when it is dragged; `far` is a share of the frame.
  function move(right, down, far = 0.04) {
    at.x -= right * far * across();
    at.y -= (down * far * across()) / SHAPE;
    draw();
  }

  // The point of the frame at (x, y), in shares of it, stays where it is.
  function zoomTo(wanted, x = 0.5, y = 0.5) {
    const before = across();
    zoom = clamp(wanted, 1, most);
    at.x += x * (before - across());
    at.y += (y * (before - across())) / SHAPE;
    draw();
  }

  // Fingers, mouse, keys

  const fingers = new Map();
  const middle = (points) => [0, 1].map((axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length);
  const spread = ([a, b]) => (b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 1);

  frame.addEventListener("pointerdown", (event) => {
    if (event.button || fingers.size > 1) return;
    frame.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  frame.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = [...fingers.values()];
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    const after = [...fingers.values()];
    const box = frame.getBoundingClientRect();
    const [from, to] = [middle(before), middle(after)];
    move((to[0] - from[0]) / box.width, (to[1] - from[1]) / box.height, 1);
    if (after.length < 2) return;
    const ratio = spread(after) / Math.max(spread(before), 1);
    zoomTo(zoom * ratio, (to[0] - box.left) / box.width, (to[1] - box.top) / box.height);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    frame.addEventListener(name, (event) => fingers.delete(event.pointerId));
  }
  frame.addEventListener("wheel", (event) => {
    if (document.activeElement !== frame) return; // whoever scrolls past does not mean the photo
    event.preventDefault();
    const box = frame.getBoundingClientRect();
    const ratio = Math.exp(-clamp(event.deltaY, -100, 100) / 500);
    zoomTo(zoom * ratio, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }, { passive: false });

  const KEYS = {
    ArrowLeft: () => move(-1, 0),
    ArrowRight: () => move(1, 0),
    ArrowUp: () => move(0, -1),
    ArrowDown: () => move(0, 1),
    "+": () => zoomTo(zoom * 1.1),
    "=": () => zoomTo(zoom * 1.1), // the same key without Shift
    "-": () => zoomTo(zoom / 1.1),
  };
  frame.addEventListener("keydown", (event) => {
    if (!KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  for (const button of crop.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => move(...button.dataset.move.split(",").map(Number)));
  }
  slider.addEventListener("input", () => zoomTo(most ** (slider.value / 100)));
  addEventListener("resize", fit);

  form.addEventListener("submit", () => {
    if (input.files.length) say(words.sending);
  });
  input.addEventListener("change", () => {
    for (const old of document.querySelectorAll(".errors, .wrong")) old.remove(); // they were about another file
    choose(input.files[0]);
  });
  // Whoever comes back by the browser's button may still have a file chosen.
  addEventListener("pageshow", () => choose(input.files[0]));
}
