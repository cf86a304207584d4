/** Instants as the people of the policy's time zone read them, always with the offset that held then. */
export interface LocalTime {
  /** `20 Nov 2026 14:05 (UTC+01:00)` */
  full(at: number): string;
  /** `14:05` */
  time(at: number): string;
  /** `Fri 20 Nov 2026, UTC+01:00`: changes when the day or the offset does. */
  day(at: number): string;
}

export function localTime(timezone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  let [minute, read] = [Number.NaN, {} as Record<string, string>];
  // Formatting costs more than the rest of a draft; entries of one minute come together.
  const parts = (at: number) => {
    const asked = Math.floor(at / 60_000);
    if (asked !== minute) {
      minute = asked;
      read = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    }
    return read;
  };
  const date = (p: Record<string, string>) => `${p.day} ${p.month} ${p.year}`;
  return {
    full: (at) => {
      const p = parts(at);
      return `${date(p)} ${p.hour}:${p.minute} (${offset(p.timeZoneName)})`;
    },
    time: (at) => {
      const p = parts(at);
      return `${p.hour}:${p.minute}`;
    },
    day: (at) => {
      const p = parts(at);
      return `${p.weekday} ${date(p)}, ${offset(p.timeZoneName)}`;
    },
  };
}

/** `UTC` or `UTC+01:00`. Intl says `GMT` for both, and for no offset `GMT` or `GMT+00:00`. */
const offset = (name = 'GMT'): string => name.replace('GMT', 'UTC').replace('+00:00', '');
