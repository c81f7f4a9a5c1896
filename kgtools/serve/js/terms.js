// The names in the snapshot, found by what has been begun of them in any language.
const LOCAL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?$/;
const known = { prefixes: new Map(), namespaces: [], terms: [], views: ["all"], snapshot: "", byIri: new Map() };

function takeIn(document) {
  known.prefixes = new Map(Object.entries(document.prefixes));
  known.namespaces = [...known.prefixes].sort(([, one], [, other]) => other.length - one.length);
  known.views = document.views;
  known.snapshot = document.snapshot;
  known.terms = document.terms.map(([name, kind, ...labels]) => {
    const iri = expanded(name);
    const local = iri.slice(Math.max(iri.lastIndexOf("/"), iri.lastIndexOf("#")) + 1);
    return { iri, kind: document.kinds[kind], labels, local: fold(local), folded: labels.map((label) => ` ${fold(label)}`) };
  });
  known.byIri = new Map(known.terms.map((term) => [term.iri, term]));
}

function expanded(name) {
  const at = name.indexOf(":");
  const namespace = known.prefixes.get(name.slice(0, at));
  return namespace === undefined || at < 0 ? name : namespace + name.slice(at + 1);
}

// The prefixed name of an IRI where one fits that no query would read otherwise; else the IRI itself.
function shortened(iri, prefixes = known.namespaces) {
  for (const [prefix, namespace] of prefixes) {
    if (iri.startsWith(namespace) && LOCAL.test(iri.slice(namespace.length))) return `${prefix}:${iri.slice(namespace.length)}`;
  }
  return iri;
}

const labelOf = (iri) => known.byIri.get(iri)?.labels[0] || "";

// How well a term answers, the least is the best, and by which label: its own name before labels, beginnings before later words.
function rankOf(term, sought) {
  if (term.local === sought) return [0, 0];
  let best = term.local.startsWith(sought) ? 2 : 9, by = 0;
  for (let n = 0; n < term.folded.length; n += 1) {
    const label = term.folded[n], at = label.indexOf(` ${sought}`);
    if (at < 0) continue;
    const rank = at ? 4 : label.length === sought.length + 1 ? 1 : 3;
    if (rank < best) { best = rank; by = n; }
  }
  return [best, by];
}

// Terms that begin so, those wanted first, and ours before those of others.
function findTerms(begun, { wants = "", namespace = "", kinds = null, most = 40 } = {}) {
  const sought = fold(begun), hits = [];
  if (begun && !sought) return [];
  for (const term of known.terms) {
    if (namespace && !term.iri.startsWith(namespace)) continue;
    if (kinds && !kinds.includes(term.kind)) continue;
    if (!sought && wants && term.kind !== wants) continue;
    const [rank, by] = sought ? rankOf(term, sought) : [0, 0];
    if (rank < 9) hits.push({ term, by, order: rank + (wants && term.kind !== wants ? 10 : 0) + (term.iri.startsWith(known.prefixes.get("kg")) || !wants ? 0 : 5) });
  }
  const length = ({ term, by }) => (term.folded[by] || term.local).length;
  hits.sort((one, other) => one.order - other.order || (sought ? length(one) - length(other) : 0) || (one.term.iri < other.term.iri ? -1 : 1));
  return hits.slice(0, most).map(({ term, by }) => ({ iri: term.iri, kind: term.kind, label: term.labels[by] || "" }));
}
