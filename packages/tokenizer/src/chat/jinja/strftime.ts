const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** A directive's value, what it is filled up with and to which width, unless its flag says otherwise. */
type Field = readonly [value: string | number, width?: number, fill?: "0" | " "];

const directive = /%([-_0^#]*)(\d*)([EO]?)(.)/gsu;

/**
 * A local time as Python's `datetime.strftime` writes it in the C locale, with the GNU library's flags: `%-d` without zeros, `%_d` with
 * spaces, `%^B` in capitals. A directive that it doesn't know stays as it is.
 */
export function strftime(date: Date, format: string): string {
  return format.replace(directive, (whole, flags: string, width: string, _: string, letter: string) => {
    const field = fieldOf(date, letter);
    if (field === undefined) return whole;
    const [value, ownWidth = 0, ownFill = typeof value === "number" ? "0" : " "] = field;
    const fill = flags.includes("_") ? " " : flags.includes("0") ? "0" : ownFill;
    const padded = String(value).padStart(width === "" ? (flags.includes("-") ? 0 : ownWidth) : Number(width), fill);
    if (flags.includes("#")) return letter === "p" || letter === "Z" ? padded.toLowerCase() : padded.toUpperCase();
    return flags.includes("^") ? padded.toUpperCase() : padded;
  });
}

function fieldOf(date: Date, letter: string): Field | undefined {
  const [year, month, day, weekday] = [date.getFullYear(), date.getMonth(), date.getDate(), date.getDay()];
  const [hour, minute, second] = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  const at = (format: string): Field => [strftime(date, format)];
  switch (letter) {
    case "a":
      return [days[weekday]!.slice(0, 3)];
    case "A":
      return [days[weekday]!];
    case "b":
    case "h":
      return [months[month]!.slice(0, 3)];
    case "B":
      return [months[month]!];
    case "c":
      return at("%a %b %e %H:%M:%S %Y");
    case "C":
      return [Math.floor(year / 100), 2];
    case "d":
      return [day, 2];
    case "D":
    case "x":
      return at("%m/%d/%y");
    case "e":
      return [day, 2, " "];
    case "f":
      return [date.getMilliseconds() * 1000, 6];
    case "F":
      return at("%Y-%m-%d");
    case "g":
      return [isoWeek(date).year % 100, 2];
    case "G":
      return [isoWeek(date).year];
    case "H":
      return [hour, 2];
    case "I":
      return [hour12, 2];
    case "j":
      return [dayOfYear(date) + 1, 3];
    case "k":
      return [hour, 2, " "];
    case "l":
      return [hour12, 2, " "];
    case "m":
      return [month + 1, 2];
    case "M":
      return [minute, 2];
    case "n":
      return ["\n"];
    case "p":
      return [hour < 12 ? "AM" : "PM"];
    case "P":
      return [hour < 12 ? "am" : "pm"];
    case "r":
      return at("%I:%M:%S %p");
    case "R":
      return at("%H:%M");
    case "s":
      return [Math.floor(date.getTime() / 1000)];
    case "S":
      return [second, 2];
    case "t":
      return ["\t"];
    case "T":
    case "X":
      return at("%H:%M:%S");
    case "u":
      return [weekday === 0 ? 7 : weekday];
    case "U":
      return [Math.floor((dayOfYear(date) + 7 - weekday) / 7), 2];
    case "V":
      return [isoWeek(date).week, 2];
    case "w":
      return [weekday];
    case "W":
      return [Math.floor((dayOfYear(date) + 7 - ((weekday + 6) % 7)) / 7), 2];
    case "y":
      return [year % 100, 2];
    case "Y":
      return [year];
    case "z":
    case "Z":
      return [""];
    case "%":
      return ["%"];
    default:
      return undefined;
  }
}

/** From 0; by the calendar, so that days of 23 or 25 hours count as one. */
const dayOfYear = (date: Date): number =>
  Math.round((Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - Date.UTC(date.getFullYear(), 0, 1)) / 86_400_000);

/** ISO 8601: the week belongs to the year that its Thursday is in. */
function isoWeek(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 3 - ((date.getDay() + 6) % 7));
  return { year: thursday.getFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 };
}
