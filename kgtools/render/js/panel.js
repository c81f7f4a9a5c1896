// Evidence panel. Every text goes in as text, never as markup.
const panel = byId("panel");
const announce = (text) => { byId("live").textContent = text; }; // to a screen reader
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }; // where each key goes

function linkTo(address) {
  if (!/^https?:\/\//i.test(address || "")) return null;
  const link = make("a", "", say("open-source"));
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.title = address;
  return link;
}

// In a comparison: which of the two answers has a claim under *one*.
const inWhich = (id, one) => ((one.first || []).includes(id) ? "only-first" : (one.second || []).includes(id) ? "only-second" : "in-both");

// When a claim is said to hold, of which either end may be unsaid.
function validWords(span) {
  const [start, end] = span.split(" to ");
  if (start === end || end === undefined) return say("valid", start);
  if (end === "?") return say("valid-from", start);
  return start === "?" ? say("valid-until", end) : say("valid", say("from-to", start, end));
}

function claimBox(id, against, one) {
  const claim = data.claims[id];
  const box = make("article", against ? "claim against" : "claim");
  if (!claim) { box.append(make("p", "", id)); return box; }
  const hedge = term("hedge", claim.hedge) + (claim.hedge_wording ? `: “${claim.hedge_wording}”` : "");
  box.append(make("p", "who", claim.holder));
  if (data.sides) box.append(make("p", "which", say(inWhich(id, one))));
  box.append(make("p", "how", [term("stance", claim.stance), hedge, ...(claim.valid ? [validWords(claim.valid)] : [])].join(" — ")));
  box.append(make("p", "", claim.paraphrase));
  if (claim.passage) box.append(make("blockquote", "", claim.passage));
  const where = make("p", "where", ""); // the title is set apart, for after Arabic words a date would be read from its end
  where.append(make("bdi", "", claim.source_title), ` (${claim.issued || say("undated-source")}), ${claim.locator} `);
  const link = linkTo(claim.link);
  if (link) where.append(link);
  box.append(where);
  const more = [
    claim.perspectives && say("perspective", claim.perspectives.map((one) => term("perspective", one)).join(", ")),
    claim.relayed_by && say("passed-on", claim.relayed_by),
    `${claim.id}; ${say("reading", term("confidence", claim.confidence))}`,
  ];
  more.filter(Boolean).forEach((line) => box.append(make("p", "where", line)));
  return box;
}

function claimLists(target, one) {
  const { claims, denials } = one;
  const withStance = (stance) => claims.filter((id) => data.claims[id] && data.claims[id].stance === stance);
  const denying = withStance("denies"), takingBack = withStance("retracts");
  const saying = claims.filter((id) => !denying.includes(id) && !takingBack.includes(id));
  const against = denying.concat(denials.filter((id) => !denying.includes(id)));
  const list = (key, ids, side) => {
    if (!ids.length) return;
    const part = make("div", "side");
    part.append(make("h3", "", say(key, ids.length)), ...ids.map((id) => claimBox(id, side, one)));
    target.append(part);
  };
  list("says-so", saying, false);
  list("denies-it", against, true);
  list("takes-it-back", takingBack, false);
  if (!saying.length && !against.length && !takingBack.length) target.append(make("p", "status", say("no-claim")));
}

// How many independent origins stand behind the claims that say so: ten articles on one report are one.
function origins(ids) {
  const asserting = ids.filter((id) => data.claims[id] && ["asserts", "reports"].includes(data.claims[id].stance));
  const roots = new Set(asserting.flatMap((id) => data.claims[id].roots || []));
  return roots.size > 1 ? say("origins", roots.size) : say(`origins-${roots.size}`);
}

// How something stands, in words; in a comparison first what became of it.
function howItStands(one) {
  const words = [one.status, one.stands !== "claimed" && one.stands, one.inferred && "inferred"].filter(Boolean);
  return [...new Set(words)].map((word) => say(`status-${word}`)).join("; ");
}

// One statement: its words, how it stands, and the claims for and against it.
function section(words, one) {
  const target = make("section");
  target.append(make("p", "sentence", words.join(" — ")));
  if (one.status) target.append(make("p", "status", howItStands(one)));
  if (!one.inferred && one.claims.some((id) => data.claims[id])) target.append(make("p", "status", origins(one.claims)));
  const sides = make("div", "sides");
  claimLists(sides, one);
  target.append(sides);
  return target;
}

function show(heading, sections) {
  panel.replaceChildren(make("h2", "", heading), ...sections);
  panel.scrollTop = 0;
}
