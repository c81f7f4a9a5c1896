// What is shown: the filters, a neighbourhood or a path, and communities that stand for their members while closed.
const state = { chosen: null, depth: 0, from: null, to: null, path: null, wanted: "", undated: true };
const MANY = 400; // nodes shown, above which communities close by themselves
let shown = { nodes: [], edges: [], bundles: [], closed: [] };

function refresh() {
  const by = asked(), kinds = allowed("kind"), statuses = allowed("status"), roles = allowed("role");
  edges.forEach((edge) => {
    edge.passes = statuses.has(edge.status) && roles.has(edge.predicate) && kinds.has(edge.source.kind)
      && kinds.has(edge.target.kind) && stands(edge.all, by) && (!edge.why || follows(edge, by));
    edge.undated = by.at !== "" && edge.all.length > 0 && counted(edge.all, by).every((id) => !data.claims[id].span);
  });
  state.path = state.from && state.to ? shortestPath(state.from, state.to) : null;
  const near = state.chosen && state.chosen.edges && state.depth ? around(state.chosen, state.depth) : null;
  const onPath = state.path && new Set(state.path.flatMap((edge) => [edge.source, edge.target]));
  nodes.forEach((node) => {
    const said = node.sayings.some((one) => stands(one.claims, by));
    node.on = kinds.has(node.kind) && (!near || near.has(node)) && (!onPath || onPath.has(node))
      && (!node.edges.length || said || node.edges.some((edge) => edge.passes))
      && (!by.least || node.edges.filter((edge) => edge.passes).length >= by.least);
  });
  const pathEdges = state.path && new Set(state.path);
  edges.forEach((edge) => {
    edge.on = edge.passes && edge.source.on && edge.target.on && (!pathEdges || pathEdges.has(edge));
  });
  arrange();
  tellCounts(by);
  tellWay();
  fillTable();
  keepState();
  paintSoon();
}

// Nodes, edges and bundles to draw: members of a closed community are drawn as one circle with their number.
function arrange() {
  const many = nodes.filter((node) => node.on).length > MANY;
  const isClosed = (one) => (one.open === null ? many : !one.open) && one.members.filter((node) => node.on).length > 1;
  const closed = new Set(communities.filter(isClosed));
  communities.forEach((one) => { one.closed = closed.has(one); });
  const place = (node) => (node.home && closed.has(node.home) ? node.home : node);
  const bundles = new Map();
  const single = [];
  edges.forEach((edge) => {
    if (!edge.on) return;
    const [a, b] = [place(edge.source), place(edge.target)];
    if (!a.community && !b.community) { single.push(edge); return; }
    if (a === b) return;
    const key = [a, b].map((end) => `${end.community ? "c" : "n"}${end.n}`).sort().join(" ");
    if (!bundles.has(key)) bundles.set(key, { a, b, edges: [], disputed: 0 });
    const bundle = bundles.get(key);
    bundle.edges.push(edge);
    if (edge.status === "disputed" || edge.stands === "disputed") bundle.disputed += 1;
  });
  shown = {
    nodes: nodes.filter((node) => node.on && place(node) === node), edges: single,
    bundles: Array.from(bundles.values()), closed: communities.filter((one) => closed.has(one)),
  };
  shown.closed.forEach((one) => { one.size = one.members.filter((node) => node.on).length; });
}

function tellCounts(by) {
  const on = edges.filter((edge) => edge.on), claims = new Set();
  on.forEach((edge) => counted(edge.all, by).forEach((id) => claims.add(id)));
  nodes.forEach((node) => {
    if (node.on) node.sayings.forEach((one) => counted(one.claims, by).forEach((id) => claims.add(id)));
  });
  const there = nodes.filter((node) => node.on).length;
  const parts = [say("counts", on.length, edges.length, there, nodes.length, claims.size, Object.keys(data.claims).length)];
  if (shown.closed.length) {
    parts.push(say("collapsed", shown.closed.length, shown.closed.reduce((sum, one) => sum + one.size, 0)));
  }
  if (data.under) parts.push(say("why-more-claims", Object.keys(data.under).length));
  const undated = on.filter((edge) => edge.undated);
  if (by.at) parts.push(say("undated", undated.length));
  listUndated(undated);
  byId("counts").textContent = parts.join(" · ");
  byId("groups").hidden = !communities.length;
}

// Edges that a month keeps only because no claim under them has a date.
function listUndated(ones) {
  const some = ones.slice(0, 200);
  byId("undated").hidden = !ones.length;
  byId("undated").firstChild.textContent = say("undated-listed", some.length, ones.length);
  byId("undated").lastChild.replaceChildren(...some.map((edge) => {
    const item = make("button", "", edgeWords(edge).join(" — "));
    item.type = "button";
    item.addEventListener("click", () => openThing(edge));
    return item;
  }));
}

function openCommunity(one, open = true) {
  one.open = open;
  refresh();
  announce(say(open ? "opened-group" : "closed-group", groupName(one), one.members.length));
}
function openAll(open) { communities.forEach((one) => { one.open = open; }); refresh(); }
