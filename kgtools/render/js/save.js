// Files made from the graph that is shown: images with legend, filters and sources, and the graph for other tools.
function caption() {
  const by = asked();
  return captionOf(new Set(edges.filter((edge) => edge.on).flatMap((edge) => counted(edge.all, by))));
}

function legend() {
  const statuses = [...new Set(shown.edges.map((edge) => edge.status))];
  const kinds = [...new Set(shown.nodes.map((node) => node.kind))].sort();
  return { statuses, kinds };
}

function drawLegend(context, width, top) {
  const { statuses, kinds } = legend();
  let x = 20, y = top + 18;
  context.font = '12px system-ui, "Noto Sans", sans-serif';
  context.textAlign = "left";
  context.direction = "ltr";
  const entry = (words, draw) => {
    const wide = 62 + context.measureText(words).width;
    if (x > 20 && x + wide > width - 20) { x = 20; y += 22; }
    draw(x, y - 4);
    context.fillStyle = colours.ink;
    context.fillText(words, x + 40, y);
    x += wide;
  };
  statuses.forEach((status) => entry(say(`status-${status}`), (ax, ay) => {
    const [dash, thick] = LINES[status] || LINES.claimed;
    context.strokeStyle = colours[lineColour(status)];
    context.lineWidth = thick;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(ax, ay);
    context.lineTo(ax + 34, ay);
    context.stroke();
    context.setLineDash([]);
  }));
  kinds.forEach((kind) => entry(term("kind", kind), (ax, ay) => {
    context.fillStyle = colours[data.families[kind]] || colours.soft;
    context.beginPath();
    shapeOf(data.families[kind]).forEach(([dx, dy], n) => (n ? context.lineTo(ax + 17 + dx / 2, ay + dy / 2) : context.moveTo(ax + 17 + dx / 2, ay + dy / 2)));
    context.closePath();
    context.fill();
  }));
  return y + 14;
}

// The whole image on a context: heading, picture, legend, caption; gives its height when *context* only measures.
function drawImageOn(context, height) {
  const width = view.width;
  if (height) { context.fillStyle = colours.paper; context.fillRect(0, 0, width, height); }
  drawAll(context, { ...view, ratio: context.ratio || 1, words: true });
  context.setTransform(context.ratio || 1, 0, 0, context.ratio || 1, 0, 0);
  let y = drawLegend(context, width, view.height);
  context.font = '12px system-ui, "Noto Sans", sans-serif';
  context.textAlign = "left";
  [titled(), ...caption()].forEach((line, n) => broken(context, line, width - 40).forEach((part) => {
    y += 18;
    context.fillStyle = n ? colours.soft : colours.ink;
    context.fillText(part, 20, y);
  }));
  return y + 20;
}

function savePng() {
  const measure = document.createElement("canvas").getContext("2d");
  const height = drawImageOn(measure, 0);
  const image = document.createElement("canvas");
  image.width = view.width * 2;
  image.height = height * 2;
  const context = image.getContext("2d");
  context.ratio = 2;
  drawImageOn(context, height);
  image.toBlob((blob) => offer(blob, "png"));
}

// What a canvas draws, as SVG: the part of its interface that the picture uses.
class SvgContext {
  constructor() {
    this.parts = [];
    this.path = "";
    this.matrix = [1, 0, 0];
    this.stack = [];
    this.dash = [];
    this.globalAlpha = 1;
    this.measure = document.createElement("canvas").getContext("2d");
  }

  setTransform(k, _b, _c, _d, x, y) { this.matrix = [k, x, y]; }
  save() { this.stack.push(this.matrix); }
  restore() { this.matrix = this.stack.pop(); }
  translate(x, y) { const [k, ox, oy] = this.matrix; this.matrix = [k, ox + x * k, oy + y * k]; }
  scale(factor) { const [k, x, y] = this.matrix; this.matrix = [k * factor, x, y]; }
  at(x, y) { const [k, ox, oy] = this.matrix; return `${(x * k + ox).toFixed(1)},${(y * k + oy).toFixed(1)}`; }
  beginPath() { this.path = ""; }
  moveTo(x, y) { this.path += `M${this.at(x, y)}`; }
  lineTo(x, y) { this.path += `L${this.at(x, y)}`; }
  quadraticCurveTo(...p) { this.path += `Q${this.at(p[0], p[1])} ${this.at(p[2], p[3])}`; }
  bezierCurveTo(...p) { this.path += `C${this.at(p[0], p[1])} ${this.at(p[2], p[3])} ${this.at(p[4], p[5])}`; }
  closePath() { this.path += "Z"; }
  rect(x, y, w, h) { this.moveTo(x, y); this.lineTo(x + w, y); this.lineTo(x + w, y + h); this.lineTo(x, y + h); this.closePath(); }
  arc(x, y, r) {
    const wide = (r * this.matrix[0]).toFixed(1);
    this.path += `M${this.at(x - r, y)}A${wide},${wide} 0 1 1 ${this.at(x + r, y)}A${wide},${wide} 0 1 1 ${this.at(x - r, y)}Z`;
  }

  setLineDash(dash) { this.dash = dash.map((part) => (part * this.matrix[0]).toFixed(1)); }
  paint(how) { if (this.path) this.parts.push(`<path d="${this.path}" opacity="${this.globalAlpha}" ${how}/>`); }
  fill() { this.paint(`fill="${xml(this.fillStyle)}"`); }
  stroke() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    this.paint(`fill="none" stroke="${xml(this.strokeStyle)}" stroke-width="${(this.lineWidth * this.matrix[0]).toFixed(2)}"${dash}`);
  }

  fillRect(x, y, w, h) { this.beginPath(); this.rect(x, y, w, h); this.fill(); }
  measureText(text) { this.measure.font = this.font; return this.measure.measureText(text); }
  words(text, x, y, how) {
    const [left, top] = this.at(x, y).split(",");
    const anchor = this.textAlign === "center" ? "middle" : "start";
    this.parts.push(`<text x="${left}" y="${top}" text-anchor="${anchor}" direction="${this.direction || "ltr"}" `
      + `font-size="${parseInt(this.font, 10)}" font-family="system-ui, Noto Sans, sans-serif" ${how}>${xml(text)}</text>`);
  }

  fillText(text, x, y) { this.words(text, x, y, `fill="${xml(this.fillStyle)}"`); }
  strokeText(text, x, y) { this.words(text, x, y, `fill="none" stroke="${xml(this.strokeStyle)}" stroke-width="3.5" stroke-linejoin="round"`); }
}

function svgText() {
  const height = drawImageOn(new SvgContext(), 0);
  const context = new SvgContext();
  drawImageOn(context, height);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${view.width}" height="${height}" viewBox="0 0 ${view.width} ${height}">`
    + `<title>${xml(titled())}</title>${context.parts.join("")}</svg>`;
}

// The graph that the filters leave, for other tools. Claims go along as their names, separated by spaces.
const NODE_FIELDS = { label: (node) => node.label, kind: (node) => node.kind };
const EDGE_FIELDS = {
  predicate: (edge) => edge.predicate, label: (edge) => data.predicates[edge.predicate].label, 
  status: (edge) => [edge.status, edge.stands].filter(Boolean).join(", "),
  claims: (edge) => edge.claims.map((id) => claimName(id)).join(" "), denials: (edge) => edge.denials.map((id) => claimName(id)).join(" "),
};
const left = () => [nodes.filter((node) => node.on), edges.filter((edge) => edge.on)];

function graphmlText() {
  const [there, lines] = left();
  const keys = (fields, on) => Object.keys(fields).map((name) => `<key id="${on}-${name}" for="${on}" attr.name="${name}" attr.type="string"/>`).join("");
  const values = (fields, on, one) => Object.entries(fields).map(([name, of]) => `<data key="${on}-${name}">${xml(of(one))}</data>`).join("");
  return '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    + `${keys(NODE_FIELDS, "node")}${keys(EDGE_FIELDS, "edge")}<graph edgedefault="directed">`
    + there.map((node) => `<node id="${xml(node.id)}">${values(NODE_FIELDS, "node", node)}</node>`).join("")
    + lines.map((edge) => `<edge id="e${edge.n}" source="${xml(edge.source.id)}" target="${xml(edge.target.id)}">${values(EDGE_FIELDS, "edge", edge)}</edge>`).join("")
    + "</graph></graphml>\n";
}

function gexfText() {
  const [there, lines] = left();
  const keys = (fields, on) => `<attributes class="${on}">${Object.keys(fields).map((name) => `<attribute id="${on}-${name}" title="${name}" type="string"/>`).join("")}</attributes>`;
  const values = (fields, on, one) => `<attvalues>${Object.entries(fields).map(([name, of]) => `<attvalue for="${on}-${name}" value="${xml(of(one))}"/>`).join("")}</attvalues>`;
  return '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:viz="http://www.gexf.net/1.2draft/viz" version="1.2">'
    + `<graph defaultedgetype="directed" mode="static">${keys(NODE_FIELDS, "node")}${keys(EDGE_FIELDS, "edge")}<nodes>`
    + there.map((node) => `<node id="${xml(node.id)}" label="${xml(node.label)}">${values(NODE_FIELDS, "node", node)}<viz:position x="${node.x}" y="${-node.y}" z="0"/></node>`).join("")
    + "</nodes><edges>"
    + lines.map((edge) => `<edge id="${edge.n}" source="${xml(edge.source.id)}" target="${xml(edge.target.id)}" label="${xml(data.predicates[edge.predicate].label)}">${values(EDGE_FIELDS, "edge", edge)}</edge>`).join("")
    + "</edges></graph></gexf>\n";
}

function csvText() {
  const rows = left()[1].map((edge) => [
    edge.source.id, edge.source.label, ...Object.values(EDGE_FIELDS).map((of) => of(edge)), edge.target.id, edge.target.label,
    sourcesOf(edge.all),
  ]);
  const head = ["subject", "subject label", ...Object.keys(EDGE_FIELDS), "object", "object label", "sources"];
  return csvOf([head, ...rows]);
}

const SAVE = {
  png: savePng, svg: () => offer(new Blob([svgText()], { type: "image/svg+xml" }), "svg"),
  gexf: () => offer(new Blob([gexfText()], { type: "application/xml" }), "gexf"),
  graphml: () => offer(new Blob([graphmlText()], { type: "application/xml" }), "graphml"),
  csv: () => offer(new Blob([csvText()], { type: "text/csv" }), "csv"),
};
