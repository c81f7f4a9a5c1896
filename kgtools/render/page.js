"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const svg = byId("graph"), panel = byId("panel");
  const edges = new Map(data.edges.map((edge) => [edge.id, edge]));
  const nodeGroups = new Map(all(".node").map((group) => [group.dataset.id, group]));
  const edgeGroups = new Map(all(".edge").map((group) => [group.dataset.id, group]));

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) { element.textContent = text; element.dir = "auto"; }
    return element;
  }

  // Evidence panel. Every text goes in as text, never as markup.
  function claimBox(id, against) {
    const claim = data.claims[id];
    const box = make("article", against ? "claim against" : "claim");
    if (!claim) { box.append(make("p", "", id)); return box; }
    const hedge = claim.hedge_wording ? `${claim.hedge}: “${claim.hedge_wording}”` : claim.hedge;
    box.append(make("p", "who", claim.holder));
    box.append(make("p", "how", `${claim.stance} — ${hedge}${claim.valid ? ` — valid ${claim.valid}` : ""}`));
    box.append(make("p", "", claim.paraphrase));
    if (claim.passage) box.append(make("blockquote", "", claim.passage));
    box.append(make("p", "where", `${claim.source_title} (${claim.issued || "undated"}), ${claim.locator}`));
    if (claim.perspectives) box.append(make("p", "where", `perspective: ${claim.perspectives.join(", ")}`));
    if (claim.relayed_by) box.append(make("p", "where", `passed on by ${claim.relayed_by}`));
    box.append(make("p", "where", `${claim.id}; reading: ${claim.confidence} confidence`));
    return box;
  }

  function claimLists(target, claims, denials) {
    const denying = claims.filter((id) => data.claims[id] && data.claims[id].stance === "denies");
    const takingBack = claims.filter((id) => data.claims[id] && data.claims[id].stance === "retracts");
    const saying = claims.filter((id) => !denying.includes(id) && !takingBack.includes(id));
    const against = denying.concat(denials.filter((id) => !denying.includes(id)));
    if (saying.length) target.append(make("h3", "", `says so (${saying.length})`), ...saying.map((id) => claimBox(id, false)));
    if (against.length) target.append(make("h3", "", `denies it (${against.length})`), ...against.map((id) => claimBox(id, true)));
    if (takingBack.length) target.append(make("h3", "", `takes it back (${takingBack.length})`), ...takingBack.map((id) => claimBox(id, false)));
    if (!saying.length && !against.length && !takingBack.length) target.append(make("p", "status", "Reference data: no claim."));
  }

  function edgeSection(edge) {
    const section = make("section");
    const words = [data.nodes[edge.from].label, edge.label, data.nodes[edge.to].label];
    section.append(make("p", "sentence", words.join(" — ")));
    const through = edge.inferred && edge.status !== "inferred" ? "; inferred from claims" : "";
    section.append(make("p", "status", data.words[edge.status] + through));
    claimLists(section, edge.claims, edge.denials);
    return section;
  }

  function show(heading, sections) {
    panel.replaceChildren(make("h2", "", heading), ...sections);
    panel.scrollTop = 0;
  }

  function choose(group) {
    all(".chosen").forEach((other) => other.classList.remove("chosen"));
    if (group) group.classList.add("chosen");
  }

  function openEdge(id) {
    choose(edgeGroups.get(id));
    show("Evidence", [edgeSection(edges.get(id))]);
  }

  function openNode(id) {
    choose(nodeGroups.get(id));
    const node = data.nodes[id];
    const sections = node.sayings.map((saying) => {
      const section = make("section");
      section.append(make("p", "sentence", `${node.label} — ${saying.label} — “${saying.value}”`));
      claimLists(section, saying.claims, []);
      return section;
    });
    data.edges.filter((edge) => edge.from === id || edge.to === id).forEach((edge) => sections.push(edgeSection(edge)));
    const names = Object.values(node.labels).filter((name) => name !== node.label);
    show(node.label, [make("p", "status", [node.kind, ...names].join(" · ")), ...sections]);
  }

  // Filters: an edge is shown while its ends, its status and one of its sources are.
  function allowed(filter) {
    const boxes = all(`input[data-filter="${filter}"]`);
    return new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  }

  function refresh() {
    const kinds = allowed("kind"), statuses = allowed("status"), sources = allowed("source");
    const shown = new Set();
    nodeGroups.forEach((group, id) => group.classList.toggle("off", !kinds.has(data.nodes[id].kind)));
    data.edges.forEach((edge) => {
      const ids = edge.claims.concat(edge.denials);
      const sourced = !ids.length || ids.some((id) => data.claims[id] && sources.has(data.claims[id].source));
      const on = statuses.has(edge.status) && sourced && [edge.from, edge.to].every((id) => kinds.has(data.nodes[id].kind));
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

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[أإآ]/g, "ا").replace(/ى/g, "ي").toLowerCase();

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
    return hits;
  }

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
  let drag = null;
  svg.addEventListener("pointerdown", (event) => { drag = { at: point(event), moved: false }; });
  svg.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const now = point(event);
    if (Math.hypot(now.x - drag.at.x, now.y - drag.at.y) > 3) drag.moved = true;
    camera[0] += drag.at.x - now.x;
    camera[1] += drag.at.y - now.y;
    look();
  });
  window.addEventListener("pointerup", () => { setTimeout(() => { drag = null; }, 0); });
  byId("in").addEventListener("click", () => zoom(1 / 1.3));
  byId("out").addEventListener("click", () => zoom(1.3));
  byId("fit").addEventListener("click", () => { camera = home.slice(); look(); });

  function open(group) {
    if (group.classList.contains("edge")) openEdge(group.dataset.id); else openNode(group.dataset.id);
  }
  svg.addEventListener("click", (event) => {
    const group = event.target.closest(".edge, .node");
    if (group && !(drag && drag.moved)) open(group);
  });
  svg.addEventListener("keydown", (event) => {
    const group = event.target.closest(".edge, .node");
    if (group && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); open(group); }
  });
  all("#edges tbody tr").forEach((row) => {
    row.tabIndex = 0;
    row.addEventListener("click", () => { openEdge(row.dataset.id); panel.scrollIntoView({ block: "nearest" }); });
    row.addEventListener("keydown", (event) => { if (event.key === "Enter") { openEdge(row.dataset.id); panel.focus(); } });
  });
  all("input[data-filter]").forEach((box) => box.addEventListener("change", refresh));
  byId("search").addEventListener("input", search);
  byId("search").addEventListener("keydown", (event) => {
    const hits = event.key === "Enter" ? search() : new Set();
    if (hits.size) openNode(hits.values().next().value);
  });
  refresh();
})();
