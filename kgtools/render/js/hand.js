// However often the camera moves, it is drawn once a frame.
let waiting = 0;
function soon(draw) { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(draw); }

// Pointer and keys in the picture; what they move is the kind of page's own `plot`.
const pointers = new Map();
let spread = 0, dragging = false;
const place = (event) => { const box = svg.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };

svg.addEventListener("pointerdown", (event) => { pointers.set(event.pointerId, place(event)); dragging = false; });
svg.addEventListener("pointermove", (event) => {
  const last = pointers.get(event.pointerId);
  if (!last) return;
  const now = place(event);
  if (!dragging && Math.hypot(now[0] - last[0], now[1] - last[1]) < 4) return;
  if (!dragging) svg.setPointerCapture(event.pointerId); // only now, so that a click still meets its mark
  dragging = true;
  pointers.set(event.pointerId, now);
  if (pointers.size === 2) {
    const [[ax, ay], [bx, by]] = pointers.values(), wide = Math.hypot(ax - bx, ay - by);
    if (spread) plot.zoom(wide / spread, (ax + bx) / 2, (ay + by) / 2);
    spread = wide;
  } else {
    plot.pan(now[0] - last[0], now[1] - last[1]);
    if (plot.scrolls) pointers.set(event.pointerId, place(event));
  }
});
const lift = (event) => { pointers.delete(event.pointerId); spread = 0; };
["pointerup", "pointercancel"].forEach((name) => svg.addEventListener(name, lift));
svg.addEventListener("wheel", (event) => {
  const at = place(event);
  if (!plot.zooms(at[0])) return;
  event.preventDefault();
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) plot.pan(-event.deltaX, 0);
  else plot.zoom(Math.exp(-Math.max(-200, Math.min(200, event.deltaY)) / 500), ...at);
}, { passive: false });
svg.addEventListener("dblclick", (event) => plot.zoom(1.6, ...place(event)));

const KEYS = {
  "+": () => plot.zoom(1.3, ...plot.at(cursor)), "-": () => plot.zoom(1 / 1.3, ...plot.at(cursor)), 0: () => plot.fit(),
  "]": () => plot.turn(1), "[": () => plot.turn(-1),
  Enter: () => { if (cursor !== null) { openMark(cursor); panel.focus(); } }, "/": () => byId("search").focus(), Escape: () => clearChoice(),
};
Object.assign(KEYS, { " ": KEYS.Enter, "=": KEYS["+"] });
svg.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key], group = event.target.closest(".mark");
  if (group) cursor = group.dataset.id;
  if (arrow && event.shiftKey) plot.pan(-60 * arrow[0], -60 * arrow[1]);
  else if (arrow) step(arrow);
  else if (KEYS[event.key]) KEYS[event.key]();
  else return;
  event.preventDefault();
});
panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { svg.focus(); event.preventDefault(); } });
svg.addEventListener("click", (event) => {
  const group = event.target.closest(".mark");
  if (group && !dragging) openMark(group.dataset.id);
});

const shownMarks = () => [...drawn].filter((id) => on.has(id));
const mostSaid = (ids) => ids.reduce((best, id) => (best === null || claimsOf(marks[id]).length > claimsOf(marks[best]).length ? id : best), null);

// Arrows go to the next mark that way, as the kind of page understands it.
function step(arrow) {
  if (cursor === null || !on.has(cursor) || !drawn.has(cursor)) goTo(mostSaid(shownMarks().filter((id) => !isLane(id))));
  else goTo(plot.next(cursor, arrow));
}

function goTo(id) {
  if (id === null || id === undefined) { announce(say("nothing-there")); return; }
  cursor = id;
  highlight();
  plot.bring(id);
  announce(spoken(id));
}
