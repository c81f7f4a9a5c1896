// Why an inferred edge holds: each way with its axioms in words and its premises, down to who says them.
// Claims under premises that the answer itself does not rest on are found by their name, and counted apart.
Object.entries(data.under || {}).forEach(([id, claim]) => Object.defineProperty(data.claims, id, { value: claim }));
const FACT = { edge: 3, stated: 4, claims: 5, denials: 6 };
const factOf = (n) => data.why.facts[n];
const isType = (fact) => data.why.names[fact[1]].id === "rdf:type";
const factName = (fact, part) => (part === 1 && isType(fact) ? say("is-a") : nameOf(data.why.names[fact[part]]));
const factWords = (fact) => [0, 1, 2].map((part) => factName(fact, part)).join(" — ");
const leavesOf = (way) => {
  const done = new Set(way.map(([fact]) => fact));
  return [...new Set(way.flatMap(([, , premises]) => premises))].filter((fact) => !done.has(fact));
};

// The edges that follow from an edge in one step.
const leadsTo = new Map(edges.map((edge) => [edge, new Set()]));
edges.filter((edge) => edge.why).forEach((edge) => edge.why.ways.forEach((way) => way.forEach(([done, , premises]) => {
  const end = edges[factOf(done)[FACT.edge]];
  premises.map((fact) => edges[factOf(fact)[FACT.edge]]).forEach((start) => { if (start && end) leadsTo.get(start).add(end); });
})));

// Whether an inferred edge follows from the claims that count. Ways that are not in the page may do, so nobody can tell.
const follows = (edge, by) => edge.why.more > 0 || !edge.why.counted || edge.why.ways.some((way) => leavesOf(way)
  .every((fact) => factOf(fact)[FACT.stated] || factOf(fact)[FACT.claims].some((id) => data.claims[id] && counts(data.claims[id], by))));

// The section of an edge with what it follows from, which takes the place of the claims under it, and what follows from it.
function explained(target, edge) {
  const parts = [], under = new Set();
  if (edge.why) {
    const { ways, more, counted } = edge.why;
    parts.push(make("h3", "", say("why-heading")));
    const told = [ways.length > 1 && say("why-ways", ways.length), counted ? more > 0 && say("why-more", more) : say("why-uncounted")];
    parts.push(...told.filter(Boolean).map((line) => make("p", "status", line)));
    const list = make(ways.length > 1 ? "ol" : "ul", "why");
    list.append(...ways.map((way) => {
      const item = make("li");
      item.append(...reasonsOf(way[0][0], new Map(way.map((step) => [step[0], step])), new Set()));
      leavesOf(way).flatMap((fact) => [...factOf(fact)[FACT.claims], ...factOf(fact)[FACT.denials]]).forEach((id) => under.add(id));
      return item;
    }));
    parts.push(list);
  }
  const ends = [...leadsTo.get(edge)];
  if (ends.length) {
    const list = make("ul", "why");
    list.append(...ends.map((end) => { const item = make("li"); item.append(edgeButton(end)); return item; }));
    parts.push(make("h3", "", say("why-leads-to")), list);
  }
  const sides = target.lastChild;
  sides.before(...parts);
  if (edge.why) sides.replaceChildren(side("why-rests-on", edge.claims, under, false), side("denies-it", edge.denials, under, true));
  return target;
}

// The claims that stand under none of the premises shown.
function side(key, ids, under, against) {
  const left = ids.filter((id) => !under.has(id)), part = make("div", "side");
  if (left.length) part.append(make("h3", "", say(key, left.length)), ...left.map((id) => claimBox(id, against)));
  return part;
}

// The axiom by which a fact follows, and its premises, each with its own reasons.
function reasonsOf(fact, steps, seen) {
  const [, axiom, premises] = steps.get(fact);
  seen.add(fact);
  const list = make("ul");
  list.append(...premises.map((premise) => premiseItem(premise, steps, seen)));
  const [then, ...ifs] = [fact, ...premises].map((one) => pattern(fact, axiom, premises, one));
  const rule = make("p", "where", say("why-rule", ifs.join(say("why-and")), then));
  return [rule, make("code", "where", data.why.axioms[axiom]), list];
}

// One part of an axiom, with a letter for each thing; an axiom that names a thing itself is told of these things alone.
function pattern(conclusion, axiom, premises, one) {
  const ends = (n) => (isType(factOf(n)) ? [factOf(n)[0]] : [factOf(n)[0], factOf(n)[2]]);
  const things = [...new Set([...premises, conclusion].flatMap(ends))], fact = factOf(one);
  const named = data.why.axioms[axiom].includes("{") || things.length > say("why-letters").length;
  return say("why-part", [0, 1, 2].map((part) => (part === 1 || named || (part === 2 && isType(fact)) ? factName(fact, part)
    : say("why-letters")[things.indexOf(fact[part])])).join(" — "));
}

function premiseItem(n, steps, seen) {
  const fact = factOf(n), item = make("li"), drawn = edges[fact[FACT.edge]];
  item.append(drawn ? edgeButton(drawn) : make("span", "", factWords(fact)));
  if (steps.has(n)) {
    item.append(...(seen.has(n) ? [make("p", "where", say("why-above"))] : reasonsOf(n, steps, seen)));
    return item;
  }
  if (fact[FACT.stated]) item.append(make("p", "where", say("why-stated")));
  item.append(...fact[FACT.claims].map((id) => claimLine(id, false)), ...fact[FACT.denials].map((id) => claimLine(id, true)));
  return item;
}

function edgeButton(edge) {
  const button = make("button", "", edgeWords(edge).join(" — "));
  button.type = "button";
  button.addEventListener("click", () => { openEdge(edge); panel.focus(); });
  return button;
}

// Who says a premise, in a line that opens to the whole claim.
function claimLine(id, against) {
  const claim = data.claims[id], box = make("details");
  if (!claim) return make("p", "", id);
  const where = `${claim.source_title}, ${claim.issued || say("undated-source")}`;
  box.append(make("summary", against ? "against" : "", `${claim.holder} — ${term("stance", claim.stance)} (${where})`), claimBox(id, against));
  return box;
}

// The ways in which an edge of the table follows, a line each.
function whyLines({ ways, more, counted }) {
  const lines = ways.map((way) => say("why-follows", leavesOf(way).map((fact) => factWords(factOf(fact))).join("; ")));
  if (more > 0 || !counted) lines.push(counted ? say("why-more", more) : say("why-uncounted"));
  return lines.map((line) => make("p", "where", line));
}
