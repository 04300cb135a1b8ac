// Scrubbing: the slider and the arrow keys move through the reel; the picture follows at once, its text a moment later.

const SETTLED_MS = 160;
const slider = document.getElementById("scrub");
const place = document.getElementById("place");
let frames = [];
let timer = 0;
let asked = 0;

function whole(path) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", path);
    request.responseType = "document";
    request.onload = () => (request.status === 200 ? resolve(request.responseXML) : reject(new Error(request.status)));
    request.onerror = reject;
    request.send();
  });
}

async function settle() {
  const [id] = frames[slider.valueAsNumber];
  const mine = ++asked;
  const path = `/frames/${id}`;
  const page = await whole(path).catch(() => null);
  if (page === null || mine !== asked) return;
  for (const part of ["frame", "beneath"]) {
    document.getElementById(part).replaceWith(document.importNode(page.getElementById(part), true));
  }
  document.title = page.title;
  history.replaceState(null, "", path);
}

function show() {
  const at = slider.valueAsNumber;
  const [id, time] = frames[at];
  place.textContent = `${at + 1} of ${frames.length}`;
  slider.setAttribute("aria-valuetext", time);
  const shown = document.getElementById("frame");
  if (shown.dataset.frame === id && timer === 0) return;
  shown.dataset.frame = id;
  const screen = document.getElementById("screen");
  if (screen) {
    screen.querySelectorAll("text, rect, g").forEach((mark) => mark.remove());
    screen.querySelector("image").setAttribute("href", `/v1/frames/${id}/image?width=960`);
  }
  shown.querySelector("h1 time").textContent = time;
  for (const near of [at - 1, at + 1]) {
    if (frames[near]) new Image().src = `/v1/frames/${frames[near][0]}/image?width=960`;
  }
  clearTimeout(timer);
  timer = setTimeout(() => { timer = 0; settle(); }, SETTLED_MS);
}

function move(to) {
  const at = Math.min(Math.max(to, 0), frames.length - 1);
  if (at === slider.valueAsNumber) return;
  slider.value = at;
  show();
}

function nextActivity(step) {
  let at = slider.valueAsNumber;
  const own = frames[at][2];
  while (frames[at] && frames[at][2] === own) at += step;
  const other = frames[at]?.[2];
  while (step < 0 && frames[at - 1] && frames[at - 1][2] === other) at -= 1;
  return at;
}

const STEPS = {
  ArrowLeft: (event) => slider.valueAsNumber - (event.shiftKey ? 10 : 1),
  ArrowRight: (event) => slider.valueAsNumber + (event.shiftKey ? 10 : 1),
  PageUp: () => nextActivity(-1),
  PageDown: () => nextActivity(1),
  Home: () => 0,
  End: () => frames.length - 1,
};

async function begin() {
  const answer = await fetch(`/frames/${document.getElementById("frame").dataset.frame}/reel`);
  if (!answer.ok) return;
  frames = (await answer.json()).frames;
  slider.disabled = false;
  slider.addEventListener("input", show);
  document.addEventListener("keydown", (event) => {
    const typing = event.target !== slider && event.target.closest("input, textarea, select, summary");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in STEPS)) return;
    event.preventDefault();
    move(STEPS[event.key](event));
  });
}

if (slider) begin();
