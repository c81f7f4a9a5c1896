// The picture on the canvas. Words keep their size whatever the zoom, and a word that would cover another is left out.
const LINES = {
  claimed: [[], 1.8], disputed: [[9, 6], 2.4], withdrawn: [[1, 7], 2.4], inferred: [[2, 5], 2.4],
  forecast: [[14, 5, 2, 5], 1.8], reference: [[], 1.2], unclaimed: [[], 1.2],
  added: [[], 3], removed: [[3, 5], 2.4], changed: [[12, 4], 3],
};
const lineColour = (status) => ({ withdrawn: "reference", unclaimed: "reference", added: "place", removed: "armed", changed: "happening" }[status] || status);
const shapeOf = (family) => data.shapes[family] || data.shapes.other;
const halves = Object.fromEntries(Object.entries(data.shapes).map(([family, points]) => [
  family, [0, 1].map((axis) => Math.max(...points.map((point) => Math.abs(point[axis]))))]));
function outline(context, family, x, y, grow) {
  shapeOf(family).forEach(([dx, dy], n) => {
    if (n) context.lineTo(x + dx * grow, y + dy * grow); else context.moveTo(x + dx * grow, y + dy * grow);
  });
  context.closePath();
}
// How much larger than laid out nodes are drawn, so that their shapes can be told apart from afar; 0 where dots must do.
const growth = (size, many) => (many > 2500 && size > 3.4 ? 0 : Math.max(1, 0.42 * size));
const familyOf = (node) => data.families[node.kind] || "other";
let colours = {};
function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["paper", "ink", "soft", "mark", "rule", "disputed", "claimed", "inferred", "forecast", "reference", "place",
    "armed", "happening", ...Object.keys(data.shapes)];
  const forced = matchMedia("(forced-colors: active)").matches;
  const named = (name) => style.getPropertyValue(`--${name}`).trim() || style.getPropertyValue("--soft").trim() || "#667";
  colours = Object.fromEntries(names.map((name) => {
    if (!forced) return [name, named(name)];
    return [name, { paper: "Canvas", mark: "Highlight" }[name] || "CanvasText"];
  }));
  paintSoon();
}
["(prefers-color-scheme: dark)", "(forced-colors: active)"].forEach((query) => matchMedia(query).addEventListener("change", readColours));

let moving = false, frame = 0, still = null, painter = paint; // a page in which things are dragged has another
function paintSoon() { if (!frame) frame = requestAnimationFrame(painter); }

function paint() {
  frame = 0;
  const context = canvas.getContext("2d");
  const ratio = canvas.width / Math.max(view.width, 1);
  if (moving && still && still.slow) {
    still.image ||= copied(); // the canvas has not changed since
    paintMoved(context, ratio);
    return;
  }
  const start = performance.now();
  drawAll(context, { ...view, ratio, words: true });
  const slow = performance.now() - start > 9;
  still = { slow, x: view.x, y: view.y, k: view.k, image: null };
}

function copied() {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  copy.getContext("2d").drawImage(canvas, 0, 0);
  return copy;
}

function paintMoved(context, ratio) {
  const scale = view.k / still.k;
  const [x, y] = [(still.x - view.x) * view.k + view.width / 2, (still.y - view.y) * view.k + view.height / 2];
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(still.image, (x - (view.width * scale) / 2) * ratio, (y - (view.height * scale) / 2) * ratio,
    canvas.width * scale, canvas.height * scale);
}

// Draw what is shown as *look* sees it: x, y, k, width, height, ratio. Also used for images that are saved.
function drawAll(context, look) {
  context.setTransform(look.ratio, 0, 0, look.ratio, 0, 0);
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, look.width, look.height);
  const half = [look.width / 2 / look.k + 60, look.height / 2 / look.k + 60];
  const seen = (one) => Math.abs(one.x - look.x) < half[0] + (one.r || 0) && Math.abs(one.y - look.y) < half[1] + (one.r || 0);
  const near = (edge) => seen(edge.source) || seen(edge.target) || crosses(edge.source, edge.target, look, half);
  context.save();
  context.translate(look.width / 2, look.height / 2);
  context.scale(look.k, look.k);
  context.translate(-look.x, -look.y);
  const size = 1 / look.k; // one pixel of the screen
  shown.bundles.forEach((bundle) => drawBundle(context, bundle, size));
  const there = shown.nodes.filter(seen), grow = growth(size, there.length);
  drawEdges(context, shown.edges.filter(near), size, grow);
  drawNodes(context, there, size, grow);
  shown.closed.filter(seen).forEach((one) => drawClosed(context, one, size));
  context.restore();
  drawWords(context, look, there, seen, grow);
}

function crosses(a, b, look, half) {
  return Math.max(a.x, b.x) > look.x - half[0] && Math.min(a.x, b.x) < look.x + half[0]
    && Math.max(a.y, b.y) > look.y - half[1] && Math.min(a.y, b.y) < look.y + half[1];
}

// The control point of an edge's curve, and the middle of the curve.
function bow(edge) {
  const [a, b] = [edge.source, edge.target];
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [cx, cy] = [(a.x + b.x) / 2 - ((b.y - a.y) / length) * edge.bend * 2, (a.y + b.y) / 2 + ((b.x - a.x) / length) * edge.bend * 2];
  return { cx, cy, mx: (a.x + 2 * cx + b.x) / 4, my: (a.y + 2 * cy + b.y) / 4 };
}
const loopHigh = (edge) => 42 + 22 * edge.loop;
const middleOf = (edge) => {
  if (edge.loop) return [edge.source.x, edge.source.y - loopHigh(edge) * 0.78];
  const { mx, my } = bow(edge);
  return [mx, my];
};

function trace(context, edge) {
  const [a, b] = [edge.source, edge.target];
  context.moveTo(a.x, a.y);
  if (edge.loop) {
    const high = loopHigh(edge);
    context.bezierCurveTo(a.x - high, a.y - high, a.x + high, a.y - high, a.x, a.y);
  } else if (edge.bend) {
    const { cx, cy } = bow(edge);
    context.quadraticCurveTo(cx, cy, b.x, b.y);
  } else {
    context.lineTo(b.x, b.y);
  }
}

function drawEdges(context, visible, size, grow) {
  const groups = new Map();
  visible.forEach((edge) => {
    if (!groups.has(edge.status)) groups.set(edge.status, []);
    groups.get(edge.status).push(edge);
  });
  const wide = size * Math.min(Math.max(0.45 + 0.55 / size, 0.6), 1.3);
  groups.forEach((group, status) => {
    const [dash, width] = LINES[status] || LINES.claimed;
    context.strokeStyle = colours[lineColour(status)];
    context.lineWidth = width * wide;
    context.setLineDash(dash.map((part) => part * wide));
    context.globalAlpha = visible.length > 4000 ? 0.35 : 1;
    context.beginPath();
    group.forEach((edge) => trace(context, edge));
    context.stroke();
    context.setLineDash([]);
    if (grow && size < 5) drawHeads(context, group, status, grow);
  });
  context.globalAlpha = 1;
  [...(state.path || []), state.chosen, hovered].filter((one) => one && one.on && one.source).forEach((edge) => {
    context.strokeStyle = colours.mark;
    context.lineWidth = 4.5 * size;
    context.beginPath();
    trace(context, edge);
    context.stroke();
  });
}

function drawHeads(context, group, status, grow) {
  context.fillStyle = colours[lineColour(status)];
  context.beginPath();
  group.forEach((edge) => {
    if (edge.loop) return;
    const { cx, cy } = edge.bend ? bow(edge) : { cx: edge.source.x, cy: edge.source.y };
    const [dx, dy] = [edge.target.x - cx, edge.target.y - cy];
    const length = Math.hypot(dx, dy) || 1;
    const [ux, uy] = [dx / length, dy / length];
    const [wide, high] = halves[familyOf(edge.target)] || halves.other;
    const gap = grow * Math.min(wide / Math.max(Math.abs(ux), 0.01), high / Math.max(Math.abs(uy), 0.01)) + 3;
    const [x, y] = [edge.target.x - ux * gap, edge.target.y - uy * gap], long = 11 * grow, half = 4.5 * grow;
    context.moveTo(x, y);
    context.lineTo(x - ux * long - uy * half, y - uy * long + ux * half);
    context.lineTo(x - ux * long + uy * half, y - uy * long - ux * half);
    context.closePath();
  });
  context.fill();
}

function drawNodes(context, there, size, grow) {
  const small = !grow;
  const groups = new Map();
  there.forEach((node) => {
    const family = familyOf(node);
    if (!groups.has(family)) groups.set(family, []);
    groups.get(family).push(node);
  });
  const dot = 2.6 * size;
  groups.forEach((group, family) => {
    context.fillStyle = colours[family] || colours.soft;
    context.beginPath();
    group.forEach((node) => {
      if (small) context.rect(node.x - dot, node.y - dot, 2 * dot, 2 * dot); else outline(context, family, node.x, node.y, grow);
    });
    context.fill();
    if (small) return;
    context.strokeStyle = colours.paper;
    context.lineWidth = 2 * Math.min(size, 1.5);
    context.stroke();
  });
  const ringed = there.filter((node) => node === state.chosen || node === hovered || node === state.from || node === state.to || node.found);
  ringed.forEach((node) => {
    context.strokeStyle = colours.mark;
    context.lineWidth = 3.5 * size;
    context.beginPath();
    context.arc(node.x, node.y, Math.max(25 * (grow || 1), 8 * size), 0, 2 * Math.PI);
    context.stroke();
  });
}

function drawClosed(context, one, size) {
  context.fillStyle = colours.rule;
  context.strokeStyle = one === state.chosen || one === hovered ? colours.mark : colours.soft;
  context.lineWidth = (one === state.chosen || one === hovered ? 4 : 1.5) * size;
  context.setLineDash([]);
  context.beginPath();
  context.arc(one.x, one.y, one.r, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

function drawBundle(context, bundle, size) {
  context.strokeStyle = bundle.disputed ? colours.disputed : colours.soft;
  context.setLineDash(bundle.disputed ? [9 * size, 6 * size] : []);
  context.globalAlpha = 0.55;
  context.lineWidth = Math.min(1 + Math.log2(bundle.edges.length + 1), 9) * size;
  context.beginPath();
  context.moveTo(bundle.a.x, bundle.a.y);
  context.lineTo(bundle.b.x, bundle.b.y);
  context.stroke();
  context.globalAlpha = 1;
  context.setLineDash([]);
}

// Words in the order of their weight; each takes room, and what finds none is not written.
function drawWords(context, look, there, seen, grow) {
  const taken = new Room(look.width, look.height), shapes = new Room(look.width, look.height);
  const place = (x, y) => [(x - look.x) * look.k + look.width / 2, (y - look.y) * look.k + look.height / 2];
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.lineJoin = "round";
  context.setLineDash([]);
  const size = (node) => (grow ? (halves[familyOf(node)] || halves.other).map((half) => half * grow * look.k) : [3, 3]);
  there.forEach((node) => {
    const [x, y] = place(node.x, node.y), [wide, high] = size(node);
    shapes.fill(x - wide, y - high, x + wide, y + high);
  });
  const first = (node) => node === state.chosen || node === hovered || node === state.from || node === state.to;
  const heavy = [...shown.closed.filter(seen), ...there].sort((a, b) => first(b) - first(a) || Boolean(b.found) - Boolean(a.found) || weight(b) - weight(a) || a.n - b.n);
  heavy.slice(0, 900).forEach((node, rank) => {
    const [x, y] = place(node.x, node.y), lines = wrapped(titleOf(node), node.community ? 14 : 18);
    const low = node.community ? 5 - 7.5 * lines.length : size(node)[1] + 18;
    // The words of what has most edges may cover shapes, else the middle of a picture would have no names.
    const rooms = node.community || rank < 20 || first(node) ? [taken] : [taken, shapes];
    write(context, rooms, node.community ? [...lines, `(${node.size})`] : lines, x, y + low, 13, colours.ink, first(node));
  });
  if (shown.edges.length > 700 && look.k < 0.55) return;
  [...shown.edges].sort((a, b) => (b === state.chosen) - (a === state.chosen) || b.all.length - a.all.length || a.n - b.n)
    .slice(0, 700).forEach((edge) => {
      const [mx, my] = middleOf(edge);
      const [x, y] = place(mx, my);
      if (x < 0 || y < 0 || x > look.width || y > look.height) return;
      const words = statusWords(edge);
      const lines = [nameOf(data.predicates[edge.predicate]), ...(words.length ? [`(${words.join(", ")})`] : [])];
      const colour = edge.status === "disputed" || edge.stands === "disputed" ? colours.disputed : colours.soft;
      write(context, [taken, shapes], lines, x, y - 4 - 14 * (lines.length - 1), 12, colour, edge === state.chosen || edge === hovered);
    });
}
const titleOf = (one) => (one.community ? groupName(one) : nameOf(one));
const weight = (one) => (one.community ? 1e6 + one.size : one.edges.length);

const wraps = new Map();
function wrapped(text, letters) {
  const key = `${letters} ${text}`;
  if (!wraps.has(key)) {
    const lines = [""];
    text.split(/\s+/u).forEach((word) => {
      const last = lines.length - 1;
      if (lines[last] && lines[last].length + word.length > letters) lines.push(word); else lines[last] += (lines[last] ? " " : "") + word;
    });
    const cut = lines.map((line) => (line.length > 40 ? `${Array.from(line).slice(0, 38).join("")}…` : line));
    wraps.set(key, cut.length > 3 ? [...cut.slice(0, 2), `${cut[2]} …`] : cut);
  }
  return wraps.get(key);
}

const widths = new Map();
function write(context, rooms, lines, x, y, size, colour, always) {
  context.font = `${size}px system-ui, "Noto Sans", sans-serif`;
  const key = `${size} ${lines.join("\n")}`;
  if (!widths.has(key)) widths.set(key, Math.max(...lines.map((line) => context.measureText(line).width)));
  const half = widths.get(key) / 2 + 3, high = lines.length * (size + 2);
  const box = [x - half, y - size, x + half, y - size + high];
  if (!always && !rooms.every((room) => room.free(...box))) return;
  rooms[0].fill(...box);
  lines.forEach((line, n) => {
    context.direction = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufefc]/u.test(line) ? "rtl" : "ltr";
    context.strokeStyle = colours.paper;
    context.lineWidth = 3.5;
    context.strokeText(line, x, y + n * (size + 2));
    context.fillStyle = colour;
    context.fillText(line, x, y + n * (size + 2));
  });
}

// Which parts of the screen have words, in squares of four pixels.
class Room {
  constructor(width, height) {
    this.across = Math.ceil(width / 4) + 1;
    this.down = Math.ceil(height / 4) + 1;
    this.full = new Uint8Array(this.across * this.down);
  }

  cells(left, top, right, bottom) {
    const [x1, y1, x2, y2] = [left, top, right, bottom].map((n) => Math.floor(n / 4));
    const cells = [];
    for (let y = Math.max(y1, 0); y <= Math.min(y2, this.down - 1); y += 1) {
      for (let x = Math.max(x1, 0); x <= Math.min(x2, this.across - 1); x += 1) cells.push(y * this.across + x);
    }
    return cells;
  }

  fill(...box) { this.cells(...box).forEach((cell) => { this.full[cell] = 1; }); }

  // Whether the box is on the screen and nothing is in it.
  free(...box) {
    const cells = this.cells(...box);
    return cells.length > 0 && !cells.some((cell) => this.full[cell]);
  }
}
