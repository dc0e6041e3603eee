"use strict";
// Everything this shows is in the page already; it marks what is known at a step and what moves, and shows one layout.
const one = (id) => document.getElementById(id);
const views = Array.from(document.querySelectorAll(".view"));
const lists = Array.from(document.querySelectorAll(".steps"));
let drawing, view, picture, steps, last, total;
let current = 0;
let scale = 0; // 0: as the width allows, but no smaller than can be read
let room = 0; // the width of the figure's frame

const LEAST = 0.67; // the smallest letters have 12 pixels, and 8 can be read

const all = (selector) => Array.from(view.querySelectorAll(selector));

const layouts = (number) => views.filter((part) => Number(part.dataset.steps) === number);
const widthOf = (part) => part.querySelector("svg.bp").viewBox.baseVal.width;

function look(number) {
  drawing = number;
  lists.forEach((part, k) => { part.hidden = k !== number; });
  steps = Array.from(lists[number].children);
  last = steps.length - 1;
  const count = (phase) => steps.filter((step) => step.dataset.phase === phase).length;
  total = { forward: count("forward") - 1, backward: count("backward") };
  one("slider").max = last;
  layOut();
}

// The first layout that is hardly made smaller by the room there is, else the one that is least.
function layOut() {
  room = one("figure").clientWidth;
  const found = layouts(drawing);
  const best = found.find((part) => widthOf(part) <= room / 0.8) ?? found.reduce((a, b) => (widthOf(b) < widthOf(a) ? b : a));
  if (best !== view) {
    view = best;
    for (const part of views) part.hidden = part !== view;
    picture = view.querySelector("svg.bp");
  }
  fit();
}

function show(wanted) {
  current = Math.min(Math.max(wanted, 0), last);
  mark();
}

function mark() {
  const { phase, node } = steps[current].dataset;
  const forward = Math.min(current, total.forward);
  const backward = current - forward;
  const known = ({ dataset }) =>
    dataset.forward !== undefined ? Number(dataset.forward) <= forward
      : Number(dataset.backward) > 0 && Number(dataset.backward) <= backward;
  for (const text of all("text[data-forward], text[data-backward], .array")) text.classList.toggle("unknown", !known(text));
  for (const gate of all("g[data-node]")) {
    gate.classList.toggle("now", gate.dataset.node === node);
    gate.classList.toggle("later", Number(gate.dataset.forward) > forward);
  }
  for (const wire of all("[data-to]")) {
    const moves = phase === "forward" ? Number(wire.dataset.forward) === forward : Number(wire.dataset.backward) === backward;
    wire.classList.toggle("now", moves && wire.dataset.to === node);
    wire.classList.toggle("later", Number(wire.dataset.forward) > forward);
  }
  picture.classList.toggle("forward", phase === "forward");
  picture.classList.toggle("backward", phase === "backward");
  const words = `${phase} pass, step ${phase === "forward" ? forward : backward} of ${total[phase]}`;
  one("where").textContent = words;
  one("said").replaceChildren(...Array.from(steps[current].children, (line) => line.cloneNode(true)));
  one("slider").value = current;
  one("slider").setAttribute("aria-valuetext", words);
  one("first").disabled = one("back").disabled = current === 0;
  one("next").disabled = one("last").disabled = current === last;
  try {
    history.replaceState(null, "", `#step=${current}`);
  } catch {
    // in a notebook's frame there is no address to keep it in
  }
  const gate = view.querySelector(`g[data-node="${node}"]`);
  if (gate) bringIntoSight(gate);
}

const whole = () => Math.min(1, room / picture.viewBox.baseVal.width);

// As wide as there is room, no larger than it was drawn nor too small to be read; where it is wider, it scrolls within its frame.
function fit() {
  const { width, height } = picture.viewBox.baseVal;
  const most = whole();
  const now = scale || Math.max(most, LEAST);
  picture.setAttribute("width", width * now);
  picture.setAttribute("height", height * now);
  const { scrollHeight, clientHeight } = one("figure");
  one("figure").classList.toggle("wide", now > most || scrollHeight > clientHeight);
  one("fit").disabled = now === most;
}

function zoom(by) {
  const { width } = picture.viewBox.baseVal;
  const now = picture.width.baseVal.value / width;
  scale = by ? Math.min(4, Math.max(0.1, now * by)) : whole();
  fit();
}

// Drag to pan; a finger scrolls anyway.
function makePannable(frame) {
  let from = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button === 0) from = [event.clientX + frame.scrollLeft, event.clientY + frame.scrollTop];
  });
  addEventListener("pointermove", (event) => {
    if (from) frame.scrollTo(from[0] - event.clientX, from[1] - event.clientY);
  });
  addEventListener("pointerup", () => { from = null; });
}

function bringIntoSight(gate) {
  const frame = one("figure");
  const [inside, outside] = [gate.getBoundingClientRect(), frame.getBoundingClientRect()];
  if (inside.left < outside.left || inside.right > outside.right) {
    frame.scrollLeft += (inside.left + inside.right - outside.left - outside.right) / 2;
  }
  if (inside.top < outside.top || inside.bottom > outside.bottom) {
    frame.scrollTop += (inside.top + inside.bottom - outside.top - outside.bottom) / 2;
  }
}

function fromAddress() {
  const found = /^#step=(\d+)$/.exec(location.hash);
  return found ? Number(found[1]) : last;
}

function listen() {
  one("first").addEventListener("click", () => show(0));
  one("back").addEventListener("click", () => show(current - 1));
  one("next").addEventListener("click", () => show(current + 1));
  one("last").addEventListener("click", () => show(last));
  one("slider").addEventListener("input", (event) => show(Number(event.target.value)));
  addEventListener("hashchange", () => show(fromAddress()));
  addEventListener("keydown", (event) => {
    if (event.target.id === "slider" || event.ctrlKey || event.altKey || event.metaKey) return;
    const by = { "+": 1.25, "-": 1 / 1.25, 0: 0 }[event.key];
    if (by !== undefined) zoom(by);
    const to = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  });
}

// The other layout, at the same share of its steps; the ends stay ends.
function toggle() {
  const share = last > 0 ? current / last : 0;
  look((drawing + 1) % lists.length);
  name();
  if (steps.length > 1) show(Math.round(share * last));
}

function name() {
  const counts = lists.map((_, k) => layouts(k)[0].querySelectorAll("g[data-node]").length);
  const open = counts[drawing] === Math.max(...counts);
  one("fold").textContent = open ? "fold gates" : "unfold gates";
}

look(0);
one("tools").hidden = false;
one("smaller").addEventListener("click", () => zoom(1 / 1.25));
one("larger").addEventListener("click", () => zoom(1.25));
one("fit").addEventListener("click", () => zoom(0));
makePannable(one("figure"));
new ResizeObserver(() => {
  if (one("figure").clientWidth === room) return;
  layOut();
  if (steps.length > 1) mark();
}).observe(one("figure"));
if (lists.length > 1) {
  one("fold").hidden = false;
  one("fold").addEventListener("click", toggle);
  one("figure").addEventListener("click", (event) => { if (event.target.closest(".module")) toggle(); });
  name();
}
if (steps.length > 1) {
  one("player").hidden = false;
  one("figure").classList.add("stepped");
  fit(); // its height is limited now
  listen();
  show(fromAddress());
}
