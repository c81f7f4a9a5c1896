// The axis of time: days since year 1, the part that is seen, and the lines and words that fit its scale.
const MONTH = 30.44, EPOCH = 719163; // the day that 1970 begins with
const dateOf = (day) => new Date((Math.floor(day) - EPOCH) * 864e5);
const dayOf = (year, month, day) => { const date = new Date(0); date.setUTCFullYear(year, month, day); return date.getTime() / 864e5 + EPOCH; };
const dayText = (day) => dateOf(day).toISOString().slice(0, 10);
const STEPS = [[1, 0], [2, 0], [7, 0], [0, 1], [0, 3], [0, 6], [0, 12], [0, 24], [0, 60], [0, 120], [0, 240], [0, 600], [0, 1200]]; // days, months

// Days that have a line and the words of each: as close as the words of such a step allow.
function ticksOf(from, to, pixels) {
  const room = (days, months) => (days ? 90 : months < 12 ? 68 : 46), scale = pixels / (to - from);
  const [days, months] = STEPS.find(([d, m]) => (d + m * MONTH) * scale >= room(d, m)) || STEPS[STEPS.length - 1];
  const begin = dateOf(from), ticks = [], step = months || 1;
  const first = Math.floor((begin.getUTCFullYear() * 12 + begin.getUTCMonth()) / step) * step;
  for (let month = first; ticks.length < 400; month += step) {
    const [year, of] = [Math.floor(month / 12), month % 12], next = dayOf(year, of + 1, 1);
    for (let day = dayOf(year, of, 1), n = 0; n === 0 || (days && day < next - days / 2); day += days, n += 1) {
      if (day > to) return ticks;
      const text = dayText(day);
      if (day >= from) ticks.push([day, days ? text : months >= 12 || of === 0 ? String(year) : text.slice(0, 7)]);
    }
  }
  return ticks;
}
