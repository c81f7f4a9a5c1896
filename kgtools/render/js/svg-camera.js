// Camera: the view box is the camera.
const home = svg.getAttribute("viewBox").split(" ").map(Number);
let camera = home.slice();
const look = () => svg.setAttribute("viewBox", camera.join(" "));
function zoom(factor, x = camera[0] + camera[2] / 2, y = camera[1] + camera[3] / 2) {
  camera = [x - (x - camera[0]) * factor, y - (y - camera[1]) * factor, camera[2] * factor, camera[3] * factor];
  look();
}
function point(event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
}
svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  const at = point(event);
  zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, at.x, at.y);
}, { passive: false });
let from = null;
svg.addEventListener("pointerdown", (event) => { from = point(event); pointer.dragged = false; });
svg.addEventListener("pointermove", (event) => {
  if (!from) return;
  const now = point(event);
  if (Math.hypot(now.x - from.x, now.y - from.y) > 3) pointer.dragged = true;
  camera[0] += from.x - now.x;
  camera[1] += from.y - now.y;
  look();
});
window.addEventListener("pointerup", () => { from = null; });
byId("in").addEventListener("click", () => zoom(1 / 1.3));
byId("out").addEventListener("click", () => zoom(1.3));
byId("fit").addEventListener("click", () => { camera = home.slice(); look(); });

