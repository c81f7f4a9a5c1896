// Names are folded as those of `kg resolve` are.
const FORMS = { "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ـ": "", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss" };
const ARTICLES = new Set(["the", "le", "la", "les", "l", "d", "al", "el"]);

const fold = (text) => {
  const plain = text.normalize("NFKD").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
    .replace(/[ٱىیةکـøłđıæœß]/g, (sign) => FORMS[sign])
    .replace(/(^|\P{L})([ld]|al|el)['’ʼ]/gu, "$1$2 ").replace(/['’‘ʼʿʾ`´]/g, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  const words = plain.split(" ").map((word) => word.replace(/^ال(?=..)/u, ""));
  const kept = words.filter((word) => !ARTICLES.has(word));
  return (kept.length ? kept : words).join(" ");
};
