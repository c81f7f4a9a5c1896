// The pointer on the canvas: it moves the camera, pinches, and chooses what it is lifted from.
const pointers = new Map();
let dragged = false, spread = 0;
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
  dragged = false;
});
canvas.addEventListener("pointermove", (event) => {
  const last = pointers.get(event.pointerId);
  if (!last) { hover(event.offsetX, event.offsetY); return; }
  const now = [event.offsetX, event.offsetY];
  if (Math.hypot(now[0] - last[0], now[1] - last[1]) > 2) dragged = true;
  pointers.set(event.pointerId, now);
  if (pointers.size === 2) {
    const [[ax, ay], [bx, by]] = pointers.values();
    const wide = Math.hypot(ax - bx, ay - by);
    if (spread) zoom(wide / spread, (ax + bx) / 2, (ay + by) / 2);
    spread = wide;
  } else if (dragged) {
    pan(now[0] - last[0], now[1] - last[1]);
  }
});
const lift = (event) => { pointers.delete(event.pointerId); spread = 0; };
canvas.addEventListener("pointerup", (event) => {
  if (pointers.has(event.pointerId) && !dragged) clicked(event.offsetX, event.offsetY);
  lift(event);
});
canvas.addEventListener("pointercancel", lift);
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-Math.max(-200, Math.min(200, event.deltaY)) / 500), event.offsetX, event.offsetY);
}, { passive: false });
canvas.addEventListener("dblclick", (event) => zoom(1.6, event.offsetX, event.offsetY));
