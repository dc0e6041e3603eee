"use strict";
// Everything this shows is in the page already; it marks what is known at a step, what moves, what is folded.
const all = (selector) => Array.from(document.querySelectorAll(selector));
const one = (id) => document.getElementById(id);
const picture = document.querySelector("svg.bp");
const steps = all("#steps li");
const last = steps.length - 1;
const count = (phase) => steps.filter((step) => step.dataset.phase === phase).length;
const total = { forward: count("forward") - 1, backward: count("backward") };
let current = 0;

function show(wanted) {
  current = Math.min(Math.max(wanted, 0), last);
  const { phase, node } = steps[current].dataset;
  const forward = Math.min(current, total.forward);
  const backward = current - forward;
  const known = ({ dataset }) =>
    dataset.forward !== undefined ? Number(dataset.forward) <= forward
      : Number(dataset.backward) > 0 && Number(dataset.backward) <= backward;
  for (const text of all("text[data-forward], text[data-backward]")) text.classList.toggle("unknown", !known(text));
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
  const gate = document.querySelector(`g[data-node="${node}"]`);
  if (gate) bringIntoSight(gate);
}

// A little smaller where that makes it fit; past that it scrolls.
function fit() {
  const { width, height } = picture.viewBox.baseVal;
  const scale = Math.min(1, Math.max(0.8, one("figure").clientWidth / width));
  picture.setAttribute("width", width * scale);
  picture.setAttribute("height", height * scale);
}

function bringIntoSight(gate) {
  const frame = one("figure");
  const [inside, outside] = [gate.getBoundingClientRect(), frame.getBoundingClientRect()];
  if (inside.left >= outside.left && inside.right <= outside.right) return;
  frame.scrollLeft += (inside.left + inside.right - outside.left - outside.right) / 2;
}

function fromAddress() {
  const found = /^#step=(\d+)$/.exec(location.hash);
  return found ? Number(found[1]) : 0;
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
    const to = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  });
}

// A folded module covers what lies in it; of the gate whose wire leaves it, value and gradient stay.
function fold() {
  const folded = all(".module.folded").map((module) => new Set(module.dataset.nodes.split(" ")));
  const hides = (node) => folded.some((members) => members.has(node));
  const together = (from, to) => folded.some((members) => members.has(from) && members.has(to));
  const leaving = new Set(all("path[data-to]").filter((wire) => !together(wire.dataset.from, wire.dataset.to))
    .map((wire) => wire.dataset.from));
  for (const gate of all("g[data-node]")) {
    const leaves = leaving.has(gate.dataset.node) || gate.classList.contains("output");
    gate.classList.toggle("closed", hides(gate.dataset.node) && leaves);
    gate.classList.toggle("inside", hides(gate.dataset.node) && !leaves);
  }
  for (const wire of all("[data-to]")) {
    const port = wire.tagName === "g" && hides(wire.dataset.to);
    wire.classList.toggle("inside", port || together(wire.dataset.from, wire.dataset.to));
  }
  for (const module of all(".module")) {
    const members = module.dataset.nodes.split(" ");
    const outer = folded.some((nodes) => nodes.size > members.length && members.every((node) => nodes.has(node)));
    module.classList.toggle("inside", outer);
    module.setAttribute("aria-expanded", String(!module.classList.contains("folded")));
  }
}

function makeFoldable(module) {
  module.setAttribute("role", "button");
  module.setAttribute("tabindex", "0");
  const ground = document.createComment("where it lies when it is open");
  module.before(ground);
  const toggle = () => {
    if (module.classList.toggle("folded")) document.querySelector("g[data-node]").before(module);
    else ground.after(module);
    module.focus();
    fold();
  };
  module.addEventListener("click", toggle);
  module.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    toggle();
  });
}

for (const module of all(".module")) makeFoldable(module);
fold();
fit();
addEventListener("resize", fit);
if (steps.length > 1) {
  one("player").hidden = false;
  one("slider").max = last;
  listen();
  show(fromAddress());
}
