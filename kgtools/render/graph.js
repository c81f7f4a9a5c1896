const edges = new Map(data.edges.map((edge) => [edge.id, edge]));
const nodeGroups = new Map(all(".node").map((group) => [group.dataset.id, group]));
const edgeGroups = new Map(all(".edge").map((group) => [group.dataset.id, group]));

function edgeSection(edge) {
  const words = [data.nodes[edge.from].label, edge.label, data.nodes[edge.to].label];
  return section(words, edge.status, edge.inferred, edge.claims, edge.denials);
}

function openEdge(id) {
  choose(edgeGroups.get(id));
  show("Evidence", [edgeSection(edges.get(id))]);
}

function openNode(id) {
  choose(nodeGroups.get(id));
  const node = data.nodes[id];
  const sections = node.sayings.map(
    (saying) => section([node.label, saying.label, `“${saying.value}”`], "", false, saying.claims, []));
  data.edges.filter((edge) => edge.from === id || edge.to === id).forEach((edge) => sections.push(edgeSection(edge)));
  const names = Object.values(node.labels).filter((name) => name !== node.label);
  show(node.label, [make("p", "status", [node.kind, ...names].join(" · ")), ...sections]);
}

// Filters: an edge is shown while its ends, its status and one of its sources are.
function refresh() {
  const kinds = allowed("kind"), statuses = allowed("status"), sources = allowed("source");
  const shown = new Set();
  nodeGroups.forEach((group, id) => group.classList.toggle("off", !kinds.has(data.nodes[id].kind)));
  data.edges.forEach((edge) => {
    const ids = edge.claims.concat(edge.denials);
    const on = statuses.has(edge.status) && sourced(ids, sources) && [edge.from, edge.to].every((id) => kinds.has(data.nodes[id].kind));
    edgeGroups.get(edge.id).classList.toggle("off", !on);
    if (on) shown.add(edge);
  });
  all("#edges tbody tr").forEach((row) => row.classList.toggle("off", !shown.has(edges.get(row.dataset.id))));
  const claims = new Set();
  shown.forEach((edge) => edge.claims.concat(edge.denials).forEach((id) => claims.add(id)));
  Object.entries(data.nodes).forEach(([id, node]) => {
    if (kinds.has(node.kind)) node.sayings.forEach((saying) => saying.claims.forEach((claim) => claims.add(claim)));
  });
  const total = Object.keys(data.claims).length;
  byId("counts").textContent =
    `${shown.size} of ${data.edges.length} edges, ${Math.min(claims.size, total)} of ${total} claims shown`;
}

function search() {
  const wanted = fold(byId("search").value.trim());
  const hits = new Set();
  nodeGroups.forEach((group, id) => {
    const node = data.nodes[id];
    const hit = wanted && [id, node.label, ...Object.values(node.labels)].some((name) => fold(name).includes(wanted));
    group.classList.toggle("found", Boolean(hit));
    if (hit) hits.add(id);
  });
  nodeGroups.forEach((group, id) => group.classList.toggle("dim", Boolean(wanted) && !hits.has(id)));
  edgeGroups.forEach((group, id) => {
    const edge = edges.get(id);
    group.classList.toggle("dim", Boolean(wanted) && !hits.has(edge.from) && !hits.has(edge.to));
  });
  return Array.from(hits, (id) => nodeGroups.get(id));
}

wire(".edge, .node", (group) => {
  if (edges.has(group.dataset.id)) openEdge(group.dataset.id); else openNode(group.dataset.id);
}, refresh, search);
