// What the pointer and the keys choose in the picture, and what the live region says of it.
let hovered = null;

function nodeAt(x, y) {
  const [wx, wy] = toWorld(x, y);
  const reach = Math.max(20, 9 / view.k);
  let best = null, least = reach;
  shown.nodes.forEach((node) => {
    const far = Math.hypot(node.x - wx, node.y - wy);
    if (far < least) { best = node; least = far; }
  });
  return best || shown.closed.find((one) => Math.hypot(one.x - wx, one.y - wy) < one.r) || null;
}

function edgeAt(x, y) {
  const [wx, wy] = toWorld(x, y);
  let best = null, least = 8 / view.k;
  shown.edges.forEach((edge) => {
    const [a, b] = [edge.source, edge.target];
    const slack = least + Math.abs(edge.bend) + (edge.loop ? loopHigh(edge) : 0);
    if (wx < Math.min(a.x, b.x) - slack || wx > Math.max(a.x, b.x) + slack) return;
    if (wy < Math.min(a.y, b.y) - slack || wy > Math.max(a.y, b.y) + slack) return;
    const far = distance(edge, wx, wy);
    if (far < least) { best = edge; least = far; }
  });
  return best;
}

// How far a point is from an edge's line, along which sixteen pieces stand for the curve.
function distance(edge, x, y) {
  const [a, b] = [edge.source, edge.target];
  if (edge.loop) return Math.abs(Math.hypot(x - a.x, y - (a.y - loopHigh(edge) / 2)) - loopHigh(edge) / 2.4);
  if (!edge.bend) return toPiece(a.x, a.y, b.x, b.y, x, y);
  const { cx, cy } = bow(edge);
  let least = Infinity, px = a.x, py = a.y;
  for (let n = 1; n <= 16; n += 1) {
    const t = n / 16, s = 1 - t;
    const [qx, qy] = [s * s * a.x + 2 * s * t * cx + t * t * b.x, s * s * a.y + 2 * s * t * cy + t * t * b.y];
    least = Math.min(least, toPiece(px, py, qx, qy, x, y));
    [px, py] = [qx, qy];
  }
  return least;
}

function toPiece(ax, ay, bx, by, x, y) {
  const square = (bx - ax) ** 2 + (by - ay) ** 2;
  const t = square ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square)) : 0;
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
}

const hitAt = (x, y) => nodeAt(x, y) || edgeAt(x, y);

function hover(x, y) {
  const hit = hitAt(x, y);
  if (hit === hovered) return;
  hovered = hit;
  canvas.style.cursor = hit ? "pointer" : "grab";
  paintSoon();
}
canvas.addEventListener("pointerleave", () => { if (hovered) { hovered = null; paintSoon(); } });

function clicked(x, y) {
  const hit = hitAt(x, y);
  if (hit) openThing(hit);
}

// Open the evidence of a node or an edge; a closed community opens itself.
function openThing(one) {
  if (one.community) { openCommunity(one); return; }
  state.chosen = one;
  const [heading, sections] = one.source ? [say("evidence"), [edgeSection(one)]] : [nameOf(one), nodeSections(one)];
  show(heading, sections);
  announce(spoken(one));
  if (state.depth && !one.source) refresh(); else { keepState(); paintSoon(); }
  markRow();
}

function edgeSection(edge) {
  const target = section(edgeWords(edge), edge);
  return data.why ? explained(target, edge) : target;
}

// Open an edge that was chosen elsewhere than in the picture, out of its closed groups.
function openEdge(edge) {
  [edge.source, edge.target].forEach((node) => { if (node.home && node.home.closed) node.home.open = true; });
  arrange();
  openThing(edge);
}

function nodeSections(node) {
  const names = Object.values(node.labels).filter((name) => name !== nameOf(node));
  const about = make("p", "status", [term("kind", node.kind), ...new Set(names)].join(" · "));
  const sayings = node.sayings.map((one) => section([nameOf(node), nameOf(one), `“${one.value}”`], { ...one, denials: [] }));
  return [about, nodeButtons(node), ...sayings, ...node.edges.filter((edge) => edge.passes).map(edgeSection)];
}

function nodeButtons(node) {
  const row = make("p", "tools");
  const button = (key, act) => {
    const element = make("button", "", say(key));
    element.type = "button";
    element.addEventListener("click", act);
    row.append(element);
  };
  button("from-here", () => { state.from = node; followPath(); });
  button("to-here", () => { state.to = node; followPath(); });
  button("around", () => { state.depth = state.depth || 1; byId("depth").value = String(state.depth); refresh(); fit(); });
  if (node.home && !node.home.closed) button("close-group", () => openCommunity(node.home, false));
  return row;
}

function spoken(one) {
  if (one.community) return say("spoken-group", groupName(one), one.size);
  if (!one.source) return say("spoken-node", nameOf(one), term("kind", one.kind), one.edges.filter((edge) => edge.on).length);
  return say("spoken-edge", edgeWords(one).join(" — "), howItStands(one), one.claims.length, one.denials.length);
}

// Arrows go to the nearest thing that lies that way; [ and ] go along the edges of the chosen node.
let cursor = null, edgeTurn = -1;

function step([dx, dy]) {
  const from = cursor && things().includes(cursor) ? cursor : null;
  if (!from) { focusOn([...things()].sort((a, b) => weight(b) - weight(a) || a.n - b.n)[0]); return; }
  let best = null, least = Infinity;
  things().forEach((one) => {
    const along = (one.x - from.x) * dx + (one.y - from.y) * dy;
    const across = Math.abs((one.x - from.x) * dy) + Math.abs((one.y - from.y) * dx);
    const cost = along + 2.2 * across;
    if (one !== from && along > 0 && across <= along * 2.5 && cost < least) { best = one; least = cost; }
  });
  if (best) focusOn(best); else announce(say("nothing-there"));
}

function focusOn(one) {
  if (!one) { announce(say("nothing-there")); return; }
  cursor = one;
  edgeTurn = -1;
  hovered = one;
  bring(one);
  announce(spoken(one));
  paintSoon();
}

function alongEdges(turn) {
  const node = cursor && !cursor.source ? cursor : null;
  const there = node && node.edges ? node.edges.filter((edge) => edge.on) : [];
  if (!there.length) { announce(say("no-edges-here")); return; }
  edgeTurn = (edgeTurn + turn + there.length) % there.length;
  hovered = there[edgeTurn];
  announce(spoken(hovered));
  paintSoon();
}

const KEYS = {
  "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), 0: () => fit(), "]": () => alongEdges(1), "[": () => alongEdges(-1),
  Enter: () => { if (hovered) { openThing(hovered); panel.focus(); } }, "/": () => byId("search").focus(), Escape: () => clearChoice(),
};
KEYS[" "] = KEYS.Enter;
canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key];
  if (arrow && event.shiftKey) pan(-60 * arrow[0], -60 * arrow[1]);
  else if (arrow) step(arrow);
  else if (KEYS[event.key]) KEYS[event.key]();
  else return;
  event.preventDefault();
});
panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { canvas.focus(); event.preventDefault(); } });

function clearChoice() {
  Object.assign(state, { chosen: null, from: null, to: null, depth: 0 });
  byId("depth").value = "0";
  hovered = null;
  show(say("evidence"), [make("p", "", say("invitation"))]);
  tellPath();
  refresh();
}
