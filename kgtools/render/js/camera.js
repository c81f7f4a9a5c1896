// The camera: what part of the drawing the canvas shows, moved by pointer, wheel and buttons.
const canvas = byId("drawing");
const view = { x: 0, y: 0, k: 1, width: 0, height: 0 };
const toScreen = (x, y) => [(x - view.x) * view.k + view.width / 2, (y - view.y) * view.k + view.height / 2];
const toWorld = (x, y) => [(x - view.width / 2) / view.k + view.x, (y - view.height / 2) / view.k + view.y];

function resize() {
  view.width = canvas.clientWidth || 600;
  view.height = canvas.clientHeight || 400;
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
  if (canvas.width === width && canvas.height === height) return; // an observer tells of the first size too
  [canvas.width, canvas.height] = [width, height];
  paintSoon();
}

const things = () => [...shown.nodes, ...shown.closed];

function fit(of = things()) {
  if (!of.length) return;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  of.forEach((one) => {
    const r = one.r || 17;
    left = Math.min(left, one.x - r); right = Math.max(right, one.x + r);
    top = Math.min(top, one.y - r); bottom = Math.max(bottom, one.y + r);
  });
  const room = [Math.max(view.width - 130, 80), Math.max(view.height - 110, 80)];
  view.k = Math.min(room[0] / Math.max(right - left, 1), room[1] / Math.max(bottom - top, 1), 1.3);
  view.x = (left + right) / 2;
  view.y = (top + bottom) / 2 + 14 / view.k;
  keepState();
  paintSoon();
}

function zoom(factor, x = view.width / 2, y = view.height / 2) {
  const [wx, wy] = toWorld(x, y);
  view.k = Math.min(Math.max(view.k * factor, 0.005), 8);
  view.x = wx - (x - view.width / 2) / view.k;
  view.y = wy - (y - view.height / 2) / view.k;
  moved();
}

function pan(dx, dy) {
  view.x -= dx / view.k;
  view.y -= dy / view.k;
  moved();
}

function bring(one) {
  const [x, y] = toScreen(one.x, one.y);
  if (x < 60 || y < 60 || x > view.width - 60 || y > view.height - 60) { view.x = one.x; view.y = one.y; moved(); }
}

// While the camera moves, what was painted last is moved; the words come back when it rests.
let resting = 0;
function moved() {
  moving = true;
  paintSoon();
  clearTimeout(resting);
  resting = setTimeout(() => { moving = false; paintSoon(); keepState(); }, 120);
}

new ResizeObserver(resize).observe(canvas);
