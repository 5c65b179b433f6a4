/** Nanoseconds of each unit; both spellings of the micro sign are in use. */
const UNITS = new Map<string, bigint>([
  ["ns", 1n],
  ["us", 1_000n],
  ["\u00b5s", 1_000n],
  ["\u03bcs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

const SIGN = /^[+-]/;
const PART = /([0-9]*)(?:\.([0-9]*))?([^0-9.]+)/y;

/** The magnitude of the most negative int64; the positive side ends one before it. */
const LIMIT = 1n << 63n;

/**
 * Reads a duration as Go's `time.ParseDuration` does: numbers with units, such as `1h30m`, `1.5h`,
 * `-1s`, or a bare `0`. The arithmetic is Go's too, down to how a fraction is cut.
 *
 * @param text the duration
 * @returns nanoseconds, or undefined if the text is no duration or beyond ±2⁶³ ns (292 years)
 */
export function parseGoDuration(text: string): bigint | undefined {
  const negative = text.startsWith("-");
  const magnitude = text.replace(SIGN, "");
  if (magnitude === "0") return 0n;
  if (magnitude === "") return undefined;
  let total = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < magnitude.length) {
    const [, whole, fraction = "", name] = PART.exec(magnitude) ?? [];
    const unit = name === undefined ? undefined : UNITS.get(name);
    if (unit === undefined || !(whole || fraction)) return undefined;
    total += BigInt(whole || 0) * unit + fractionOf(unit, fraction);
    if (total > LIMIT) return undefined;
  }
  if (negative) return -total;
  return total < LIMIT ? total : undefined;
}

/** As in Go: as many digits as fit 63 bits are used, and the product is cut, not rounded. */
function fractionOf(unit: bigint, digits: string): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (value > (LIMIT - 1n) / 10n || next > LIMIT) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}
