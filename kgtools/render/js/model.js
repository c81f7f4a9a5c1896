// The graph: nodes and edges by number, what joins them, and what is shown of them now.
const NONE = Object.freeze([]), NO_NAMES = Object.freeze({});
const nodes = data.nodes.map((node, n) => ({ labels: NO_NAMES, sayings: NONE, ...node, n, edges: [], r: 17 }));
const edges = data.edges.map((edge, n) => {
  const { claims = NONE, denials = NONE } = edge;
  return {
    inferred: false, ...edge, claims, denials, n, source: nodes[edge.from], target: nodes[edge.to],
    all: denials.length ? claims.concat(denials) : claims,
  };
});
edges.forEach((edge) => {
  edge.source.edges.push(edge);
  if (edge.target !== edge.source) edge.target.edges.push(edge);
});
const communities = data.communities.map((one, n) => ({
  ...one, n, community: true, members: one.members.map((m) => nodes[m]), open: null, // null: as many nodes as are shown
}));
communities.forEach((one) => one.members.forEach((node) => { node.home = one; }));

// Edges between the same two are bent apart, so that each can be reached.
const pairOf = (edge) => (edge.from < edge.to ? `${edge.from} ${edge.to}` : `${edge.to} ${edge.from}`);
const between = new Map();
edges.forEach((edge) => {
  const pair = pairOf(edge);
  if (!between.has(pair)) between.set(pair, []);
  between.get(pair).push(edge);
});
between.forEach((group) => group.forEach((edge, n) => {
  edge.bend = (n - (group.length - 1) / 2) * 46 * (edge.from <= edge.to ? 1 : -1);
  edge.loop = edge.from === edge.to ? n + 1 : 0;
}));

const edgeKey = (edge) => [edge.source.id, edge.predicate, edge.target.id].join(" ");
const groupName = (one) => (one.linked ? one.name : say("separate", one.name));
const byNodeId = new Map(nodes.map((node) => [node.id, node]));
const byEdgeKey = new Map(edges.map((edge) => [edgeKey(edge), edge]));
const otherEnd = (edge, node) => (edge.source === node ? edge.target : edge.source);
const edgeWords = (edge) => [nameOf(edge.source), nameOf(data.predicates[edge.predicate]), nameOf(edge.target)];

// What stands over an edge besides its label, so that nothing hangs on colour or dash alone.
function statusWords(edge) {
  const words = [edge.status, edge.stands, edge.inferred && "inferred"].filter((word) => word && word !== "claimed" && word !== "reference");
  return [...new Set(words)].map((word) => say(`short-${word}`));
}

// All nodes within *depth* edges of a node, over the edges that are shown.
function around(node, depth) {
  const found = new Map([[node, 0]]);
  const queue = [node];
  for (let i = 0; i < queue.length; i += 1) {
    const here = queue[i];
    if (found.get(here) === depth) continue;
    here.edges.forEach((edge) => {
      const next = otherEnd(edge, here);
      if (edge.passes && !found.has(next)) { found.set(next, found.get(here) + 1); queue.push(next); }
    });
  }
  return found;
}

// A shortest way between two nodes over the edges that are shown, as edges in order; null if there is none.
function shortestPath(from, to) {
  const via = new Map([[from, null]]);
  const queue = [from];
  for (let i = 0; i < queue.length && !via.has(to); i += 1) {
    queue[i].edges.forEach((edge) => {
      const next = otherEnd(edge, queue[i]);
      if (edge.passes && !via.has(next)) { via.set(next, edge); queue.push(next); }
    });
  }
  if (!via.has(to)) return null;
  const path = [];
  for (let here = to; via.get(here); here = otherEnd(via.get(here), here)) path.unshift(via.get(here));
  return path;
}
