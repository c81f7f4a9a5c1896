// The tokens of a query, cut as the guard of the server cuts them.
const MOST_TEXT = 65536;
const TOKEN = new RegExp([
  /(?<space>[\x20\t\r\n]+)|(?<comment>#[^\r\n]*)/,
  /(?<string>"""(?:[^"\\]|\\[^]|"(?!""))*"""|'''(?:[^'\\]|\\[^]|'(?!''))*'''|"(?:[^"\\\r\n]|\\[^])*"|'(?:[^'\\\r\n]|\\[^])*')/,
  /(?<iri><[^<>"{}|^`\\\x00-\x20]*>)/,
  /(?<variable>[?$][\p{L}\p{N}_]+)/,
  /(?<name>\p{L}[\p{L}\p{N}_.\-]*:(?:[\p{L}\p{N}_.:\-]|%[0-9A-Fa-f]{2}|\\.)*|:(?:[\p{L}\p{N}_.:\-]|%[0-9A-Fa-f]{2}|\\.)*|_:[\p{L}\p{N}_.\-]+)/,
  /(?<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)/,
  /(?<number>\d+(?:\.\d+)?(?:[eE][+\-]?\d+)?)/,
  /(?<word>[\p{L}_][\p{L}\p{N}_]*)/,
  /(?<open>[({[])|(?<close>[)}\]])/,
  /(?<operator>\|\||&&|!=|<=|>=|\^\^|[!^|/*+=<>?\-])/,
  /(?<separator>[.;,])|(?<other>[^])/,
].map((part) => part.source).join("|"), "gu");

function kindOf(groups) {
  for (const kind in groups) if (groups[kind] !== undefined) return kind;
  return "other";
}

function tokensOf(text) {
  const found = [];
  for (const match of text.matchAll(TOKEN)) found.push({ kind: kindOf(match.groups), text: match[0], start: match.index });
  return found;
}

const meaning = (text) => tokensOf(text).filter(({ kind }) => kind !== "space" && kind !== "comment");
const upper = (token) => (token ? token.text.toUpperCase() : "");
const variablesIn = (text) => [...new Set(meaning(text).filter(({ kind }) => kind === "variable").map((token) => token.text.slice(1)))].sort();

function declaredIn(text) {
  const tokens = meaning(text), found = new Map();
  tokens.forEach((token, n) => {
    const [name, iri] = [tokens[n + 1], tokens[n + 2]];
    if (upper(token) === "PREFIX" && iri && name.text.endsWith(":") && iri.kind === "iri") found.set(name.text.slice(0, -1), iri.text.slice(1, -1));
  });
  return found;
}
