// Things that can be dragged by hand: vis-network knows where they are and moves them; how they look is painted as always.
// It draws what it moves towards 0, 0, so that is where the middle of our layout goes.
const middle = ["x", "y"].map((axis) => Math.round(nodes.reduce((sum, node) => sum + node[axis], 0) / Math.max(nodes.length, 1)));
nodes.forEach((node) => { node.x -= middle[0]; node.y -= middle[1]; });
const laidOut = nodes.map(({ x, y }) => ({ x, y }));
const unseen = { drawNode() {}, nodeDimensions: { width: 34, height: 34 } };
const bodies = new vis.DataSet(nodes.map(({ n, x, y }) => ({ id: n, x, y, shape: "custom", ctxRenderer: () => unseen, hidden: false })));
const springs = new vis.DataSet(edges.map(({ n, from, to }) => ({ id: n, from, to, hidden: true })));
const network = new vis.Network(canvas, { nodes: bodies, edges: springs }, {
  layout: { randomSeed: 1 },
  physics: {
    enabled: false, stabilization: false, solver: "forceAtlas2Based", minVelocity: 4,
    forceAtlas2Based: { springLength: 170, gravitationalConstant: -160, centralGravity: 0.006, damping: 0.6 },
  },
  edges: { smooth: false },
  interaction: { hover: false, selectConnectedEdges: false },
});
canvas.querySelector(".vis-network").tabIndex = -1;

// The camera is ours where keys and buttons move it, and that of vis-network where the pointer does.
function follow() {
  const { x, y } = network.getViewPosition();
  Object.assign(view, { x, y, k: network.getScale(), width: canvas.clientWidth || 600, height: canvas.clientHeight || 400 });
}
painter = () => {
  frame = 0;
  const wanted = new Map(nodes.map((node) => [node.n, !node.on]));
  bodies.update(bodies.get().filter((one) => one.hidden !== wanted.get(one.id)).map(({ id }) => ({ id, hidden: wanted.get(id), physics: !wanted.get(id) })));
  network.moveTo({ position: { x: view.x, y: view.y }, scale: view.k, animation: false });
  network.redraw();
};
network.on("afterDrawing", (context) => {
  Object.entries(network.getPositions()).forEach(([n, { x, y }]) => Object.assign(nodes[n], { x, y }));
  drawAll(context, { ...view, ratio: context.canvas.width / Math.max(view.width, 1), words: true });
});
network.on("dragging", ({ nodes: held }) => { if (!held.length) follow(); });
["zoom", "dragEnd"].forEach((event) => network.on(event, () => { follow(); keepState(); }));
network.on("click", ({ pointer }) => clicked(pointer.DOM.x, pointer.DOM.y));
canvas.addEventListener("pointermove", (event) => { if (!event.buttons) hover(event.offsetX, event.offsetY); });

// Both know the place at once: a file saved before the next frame has it too.
function put(n, x, y) {
  network.moveNode(n, x, y);
  Object.assign(nodes[n], { x, y });
}

function letMove(on) {
  network.setOptions({ physics: { enabled: on } });
  byId("let-move").setAttribute("aria-pressed", String(on));
  announce(say(on ? "drag-moving" : "drag-resting"));
}
byId("let-move").addEventListener("click", () => letMove(byId("let-move").getAttribute("aria-pressed") !== "true"));
network.on("stabilized", () => { if (byId("let-move").getAttribute("aria-pressed") === "true") { letMove(false); fit(); } });
byId("put-back").addEventListener("click", () => {
  letMove(false);
  laidOut.forEach(({ x, y }, n) => put(n, x, y));
  announce(say("drag-put-back"));
  fit(shown.nodes.map((node) => laidOut[node.n]));
});

// By keys: m takes up the thing that the arrows have come to, arrows move it, any other key lays it down.
let carried = null;
canvas.addEventListener("keydown", (event) => {
  const arrow = ARROWS[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !(event.key === "m" || carried)) return;
  if (carried && arrow) {
    const by = 24 / view.k;
    put(carried.n, carried.x + arrow[0] * by, carried.y + arrow[1] * by);
  } else if (carried) {
    announce(say("drag-laid-down", nameOf(carried)));
    carried = null;
  } else if (cursor && !cursor.source) {
    carried = cursor;
    announce(say("drag-taken-up", nameOf(carried)));
  }
  if (event.key !== "Tab") event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });
