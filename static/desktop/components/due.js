// When something is due, as people write it: "tomorrow noon", "mon 9", "in 2h", "24.12. 15:30"; "morgen mittag", too.
// `dueTimes(words, now)` returns the times that are meant, the likeliest first, all of them still to come; none where
// the words are no time.

const NOON = 12 * 60; // minutes of a day
const LATE = 18 * 60;
const DAYS = {
  today: 0, heute: 0, tomorrow: 1, morgen: 1, übermorgen: 2, uebermorgen: 2,
}; // prettier-ignore
const WEEKDAYS = [
  ["sunday", "sonntag"],
  ["monday", "montag"],
  ["tuesday", "dienstag"],
  ["wednesday", "mittwoch"],
  ["thursday", "donnerstag"],
  ["friday", "freitag"],
  ["saturday", "samstag", "sonnabend"],
];
const HOURS = {
  noon: 12, mittag: 12, mittags: 12, morning: 9, früh: 9, frueh: 9, vormittag: 9, afternoon: 15, nachmittag: 15,
  evening: 18, abend: 18,
}; // prettier-ignore
const UNITS = [
  [1, /^(?:m|mins?|minutes?|minuten?)$/],
  [60, /^(?:h|hrs?|hours?|std|stunden?)$/],
  [24 * 60, /^(?:d|days?|t|tage?n?)$/],
  [7 * 24 * 60, /^(?:w|wks?|weeks?|wochen?)$/],
];
const WORDS = [...WEEKDAYS.flat(), ...Object.keys(DAYS)]; // "mo" is a Monday

export function dueTimes(words, now = new Date()) {
  const text = words.toLowerCase().trim().replace(/\s+/g, " ");
  if (!text) return later(now, [at(now, 0, LATE), at(now, 1, NOON), at(now, 7, NOON)]);
  return later(now, [...span(text, now), ...dayAndTime(text, now)]);
}

function later(now, times) {
  const unique = new Map(times.filter((time) => time > now).map((time) => [time.getTime(), time]));
  return [...unique.values()].slice(0, 4);
}

function at(now, days, minutes) {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 0, minutes);
}

// "in 2h", "in 3 days", "next week"; the time of day stays where days are counted.
function span(text, now) {
  if (/^(?:next week|nächste woche|naechste woche)$/.test(text)) return [at(now, 7, NOON)];
  const found = /^in (\d{1,3}) ?(\p{L}*)$/u.exec(text);
  if (!found) return [];
  const [, number, unit] = found;
  const meant = unit ? UNITS.filter(([, name]) => name.test(unit)) : UNITS.slice(1, 3);
  return meant.map(([minutes]) => {
    const days = (Number(number) * minutes) / (24 * 60);
    return minutes >= 24 * 60 ? at(now, days, NOON) : new Date(now.getTime() + Number(number) * minutes * 60000);
  });
}

function dayAndTime(text, now) {
  const [first, ...others] = text.split(" ");
  const rest = others.filter((word) => !["at", "um", "the", "den"].includes(word)).join(" ");
  const alone = minutesOf(text);
  const today = alone === null ? [] : [at(now, 0, alone), at(now, 1, alone)];
  return [...today, ...daysOf(first, now).flatMap((days) => timesOn(days, rest, now))];
}

function timesOn(days, rest, now) {
  if (!rest) return days === 0 ? [at(now, 0, NOON), at(now, 0, LATE)] : [at(now, days, NOON), at(now, days, 9 * 60)];
  const minutes = minutesOf(rest);
  const named = minutes === null ? Object.keys(HOURS).filter((name) => name.startsWith(rest)) : [];
  return minutes === null ? named.map((name) => at(now, days, HOURS[name] * 60)) : [at(now, days, minutes)];
}

// How many days from now: a word or its beginning (two letters), a weekday to come, or a date.
function daysOf(word, now) {
  if (word in DAYS) return [DAYS[word]];
  const date = /^(\d{1,2})\.(\d{1,2})\.?$/.exec(word);
  if (date) return dateOf(Number(date[1]), Number(date[2]), now);
  if (word.length < 2) return [];
  const names = WORDS.filter((name) => name.startsWith(word));
  return [...new Set(names.map((name) => DAYS[name] ?? weekday(name, now)))];
}

function weekday(name, now) {
  const day = WEEKDAYS.findIndex((names) => names.includes(name));
  return ((day - now.getDay() + 6) % 7) + 1;
}

function dateOf(day, month, now) {
  for (const year of [now.getFullYear(), now.getFullYear() + 1]) {
    const date = new Date(year, month - 1, day);
    const days = Math.round((date - new Date(now.getFullYear(), now.getMonth(), now.getDate())) / 86400000);
    if (date.getDate() === day && date.getMonth() === month - 1 && days >= 0) return [days];
  }
  return [];
}

// Minutes of the day of "9", "9:30", "16.00", "4pm", "16 uhr", "noon"; null for anything else.
function minutesOf(text) {
  if (text in HOURS) return HOURS[text] * 60;
  const found = /^(\d{1,2})(?:[:.](\d{2}))? ?(am|pm|h|uhr)?$/.exec(text);
  if (!found) return null;
  const [, hours, minutes = "0", half = ""] = found;
  const hour = (Number(hours) % (half.endsWith("m") ? 12 : 24)) + (half === "pm" ? 12 : 0);
  return Number(hours) > 23 || Number(minutes) > 59 ? null : hour * 60 + Number(minutes);
}
