// What may come at a place of a query, or in a field for names: { from, offers: [{ text, kind, label }] }, the best first.
const KEYWORDS = `SELECT WHERE ASK CONSTRUCT DESCRIBE DISTINCT REDUCED PREFIX BASE OPTIONAL FILTER UNION MINUS GRAPH BIND VALUES
  UNDEF AS EXISTS NOT IN ORDER BY ASC DESC GROUP HAVING LIMIT OFFSET TRUE FALSE`.split(/\s+/);
const FUNCTIONS = `ABS AVG BNODE BOUND CEIL COALESCE CONCAT CONTAINS COUNT DATATYPE DAY ENCODE_FOR_URI FLOOR GROUP_CONCAT HOURS IF
  IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISURI LANG LANGMATCHES LCASE MAX MD5 MIN MINUTES MONTH NOW RAND REGEX REPLACE
  ROUND SAMPLE SAMETERM SECONDS SEPARATOR SHA1 SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS STRLANG
  STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE TZ UCASE URI UUID YEAR`.split(/\s+/);
const MOST_OFFERS = 40, MOST_WORDS = 6, SPEAKERS = ["perspective", "actor", "source"];
const PHRASE = /(?:[\p{L}\p{M}\p{N}\-]+[ \u00a0]+)+$/u;

function offersInQuery(text, at) {
  const query = text.slice(0, at), typed = typedIn(query), from = at - typed.text.length;
  const rest = `${query.slice(0, from)} ${text.slice(at)}`;
  const none = { from: at, begun: "", offers: [] };
  if (typed.sort === "closed") return none;
  if (typed.sort === "variable") return cut(from, typed.text, variables(typed.text, rest));
  const declared = declaredIn(rest), prefixes = new Map([...known.prefixes, ...declared]);
  if (typed.sort === "iri") return cut(from, typed.text, iris(typed));
  return words(query, from, typed, prefixes, rest);
}

function cut(from, begun, offers) {
  const once = new Map();
  offers.forEach((offer) => { if (!once.has(offer.text)) once.set(offer.text, offer); });
  return { from, begun, offers: [...once.values()].slice(0, MOST_OFFERS) };
}

const variables = (begun, rest) => variablesIn(rest).filter((name) => name.startsWith(begun.slice(1))).map((name) => ({ text: begun[0] + name, kind: "variable", label: "" }));

function iris({ text, wants, prefix }) {
  const begun = text.slice(1);
  if (wants === "namespace") {
    const fitting = known.prefixes.has(prefix) ? [[prefix, known.prefixes.get(prefix)]] : [...known.prefixes];
    return fitting.filter(([, iri]) => iri.startsWith(begun)).map(([name, iri]) => ({ text: `<${iri}>`, kind: "namespace", label: name }));
  }
  const found = begun.includes(":") ? known.terms.filter(({ iri }) => iri.startsWith(begun)).slice(0, MOST_OFFERS) : findTerms(begun, { wants });
  return found.map(({ iri, kind, label, labels }) => ({ text: `<${iri}>`, kind, label: label ?? labels[0] ?? "" }));
}

function words(query, from, typed, prefixes, rest) {
  const begun = typed.text, colon = begun.indexOf(":");
  const begunPrefixes = () => [...prefixes].filter(([name]) => name.toLowerCase().startsWith(begun.toLowerCase())).map(([name, iri]) => ({ text: `${name}:`, kind: "prefix", label: iri }));
  if (typed.wants === "prefix") return cut(from, begun, colon >= 0 ? [] : begunPrefixes());
  if (colon >= 0) return cut(from, begun, prefixed(begun.slice(0, colon), begun.slice(colon + 1), prefixes, typed.wants));
  const keywords = begun || !typed.wants ? beginningWith(begun) : [];
  if (!begun && !typed.wants) return cut(from, begun, [...keywords, ...variables("?", rest), ...begunPrefixes()]);
  const phrase = typed.wants ? null : phraseBefore(query, from, begun);
  if (phrase) return cut(phrase.from, query.slice(phrase.from), named(phrase.found, prefixes));
  const terms = named(findTerms(begun, { wants: typed.wants }), prefixes), others = [...keywords, ...(begun ? begunPrefixes() : [])];
  return cut(from, begun, typed.wants ? [...terms, ...others] : [...others, ...terms]);
}

const beginningWith = (begun) => [["keyword", KEYWORDS], ["function", begun ? FUNCTIONS : []]].flatMap(([kind, all]) => all.filter((word) => word.startsWith(begun.toUpperCase())).map((word) => ({ text: word, kind, label: "" })));

// A label may have several words: the longest run of words before the cursor that begins one.
function phraseBefore(query, from, begun) {
  const run = PHRASE.exec(query.slice(Math.max(0, from - 200), from));
  if (!run || !begun) return null;
  const starts = [...run[0].matchAll(/[^ \u00a0]+/gu)].map((word) => from - run[0].length + word.index).slice(-MOST_WORDS);
  for (const start of starts) {
    const text = query.slice(start), found = fold(text).includes(" ") ? findTerms(text, { wants: wanted(meaning(query.slice(0, start))) }) : [];
    if (found.length) return { from: start, found };
  }
  return null;
}

function prefixed(prefix, begun, prefixes, wants) {
  const namespace = prefixes.get(prefix);
  if (namespace === undefined) return [];
  return findTerms(begun, { namespace, wants })
    .filter(({ iri }) => LOCAL.test(iri.slice(namespace.length)))
    .map(({ iri, kind, label }) => ({ text: `${prefix}:${iri.slice(namespace.length)}`, kind, label }));
}

function named(found, prefixes) {
  const byLength = [...prefixes].filter(([, iri]) => iri).sort(([, one], [, other]) => other.length - one.length);
  return found.map(({ iri, kind, label }) => { const name = shortened(iri, byLength); return { text: name === iri ? `<${iri}>` : name, kind, label }; });
}

// In a field for one name, or for several apart by spaces.
const namesIn = (kinds, several) => (text, at) => {
  const from = several ? at - /[^\s,]*$/.exec(text.slice(0, at))[0].length : 0;
  const begun = text.slice(from, at), colon = begun.indexOf(":");
  if (!begun) return { from, begun, offers: [] };
  if (colon >= 0) return cut(from, begun, prefixed(begun.slice(0, colon), begun.slice(colon + 1), known.prefixes, ""));
  const found = kinds ? kinds.flatMap((kind) => findTerms(begun, { kinds: [kind], most: 15 })) : findTerms(begun);
  return cut(from, begun, named(found, known.prefixes));
};
