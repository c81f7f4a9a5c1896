// Search, a neighbourhood by its depth, the way between two nodes, groups and the buttons of the camera.
const searchText = new Map();
const textOf = (node) => {
  if (!searchText.has(node)) searchText.set(node, [node.id, node.label, ...Object.values(node.labels)].map(fold).join("\n"));
  return searchText.get(node);
};

function found(wanted) {
  const text = fold(wanted.trim());
  if (!text) return [];
  const hits = nodes.filter((node) => textOf(node).includes(text));
  const begins = (node) => textOf(node).split("\n").some((name) => name.startsWith(text));
  return hits.sort((a, b) => begins(b) - begins(a) || b.edges.length - a.edges.length || a.n - b.n);
}

function search() {
  state.wanted = byId("search").value;
  const hits = found(state.wanted);
  const there = new Set(hits);
  nodes.forEach((node) => { node.found = there.has(node); });
  byId("hits").textContent = state.wanted.trim() ? say("hits", hits.length) : "";
  const list = byId("names");
  list.replaceChildren(...hits.slice(0, 12).map((node) => {
    const item = make("button", "", nameOf(node));
    item.type = "button";
    item.addEventListener("click", () => reveal(node));
    return item;
  }));
  keepState();
  paintSoon();
  return hits;
}

// Bring a node into the picture, open its group if it is closed, and open its evidence.
function reveal(node) {
  if (node.home && node.home.closed) { node.home.open = true; refresh(); }
  if (!node.on) announce(say("hidden-by-filters", nameOf(node)));
  cursor = node;
  view.k = Math.max(view.k, 0.7);
  view.x = node.x;
  view.y = node.y;
  openThing(node);
  moved();
}

function followPath() {
  refresh();
  tellPath();
  if (state.path) fit(state.path.flatMap((edge) => [edge.source, edge.target]));
}

function wayWords() {
  const [from, to] = [state.from, state.to];
  if (!from && !to) return "";
  if (!from || !to) return say("path-half", nameOf(from || to));
  return state.path ? say("path", nameOf(from), nameOf(to), state.path.length) : say("no-path", nameOf(from), nameOf(to));
}

function tellWay() {
  byId("path-words").textContent = wayWords();
  byId("path").hidden = !state.from && !state.to;
}

function tellPath() {
  if (state.from || state.to) announce(wayWords());
  if (state.path) show(wayWords(), state.path.map(edgeSection));
}

function wireTools() {
  byId("search").addEventListener("input", search);
  byId("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const hits = search();
    if (hits.length) { reveal(hits[0]); panel.focus(); } else announce(say("hits", 0));
  });
  byId("depth").addEventListener("change", () => { state.depth = Number(byId("depth").value); refresh(); });
  byId("degree").addEventListener("input", refresh);
  byId("path-clear").addEventListener("click", () => { state.from = state.to = null; refresh(); tellPath(); fit(); });
  byId("in").addEventListener("click", () => zoom(1.3));
  byId("out").addEventListener("click", () => zoom(1 / 1.3));
  byId("fit").addEventListener("click", () => fit());
  byId("open-all").addEventListener("click", () => openAll(true));
  byId("close-all").addEventListener("click", () => openAll(false));
  byId("clear").addEventListener("click", clearChoice);
  byId("language").addEventListener("change", () => { setLanguage(byId("language").value); });
  all("input[data-filter]").forEach((box) => box.addEventListener("change", refresh));
  ["at", "at-on", "known"].forEach((id) => byId(id) && byId(id).addEventListener("input", () => { tellMonth(); refresh(); }));
  all("button[data-all]").forEach((button) => button.addEventListener("click", () => { allOrNone(button.dataset.all); refresh(); }));
}
