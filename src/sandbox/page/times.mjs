/** Instants in the viewer's time zone and language. */

/** The clock of this Slack, which may have been moved forward. */
export const now = () => new Date(Date.now() + Number(document.body.dataset.ahead ?? 0));

/** As a datetime-local field wants it. */
export function localOf(epoch) {
  if (!epoch) return '';
  const at = new Date(Number(epoch) * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** To make one takes long, and a page shows hundreds of times. */
const formats = new Map();
function formatOf(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(undefined, options));
  return formats.get(key);
}

/** Slack's format tokens of `<!date…>`. */
export function inWords(at, format) {
  const say = (options) => formatOf(options).format(at);
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - now().setHours(0, 0, 0, 0)) / 86_400_000);
  const near = { [-1]: 'yesterday', 0: 'today', 1: 'tomorrow' }[days];
  const long = { month: 'long', day: 'numeric', year: 'numeric' };
  const short = { month: 'short', day: 'numeric', year: 'numeric' };
  const words = {
    date: () => say(long),
    date_num: () =>
      `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`,
    date_slash: () => say({ year: 'numeric', month: '2-digit', day: '2-digit' }),
    date_long: () => say({ weekday: 'long', ...long }),
    date_long_full: () => say({ weekday: 'long', ...long }),
    date_short: () => say(short),
    date_pretty: () => near ?? say(long),
    date_long_pretty: () => near ?? say({ weekday: 'long', ...long }),
    date_short_pretty: () => near ?? say(short),
    day_divider_pretty: () =>
      near ? near[0].toUpperCase() + near.slice(1) : say({ weekday: 'long', month: 'long', day: 'numeric' }),
    time: () => say({ hour: 'numeric', minute: '2-digit' }),
    time_secs: () => say({ hour: 'numeric', minute: '2-digit', second: '2-digit' }),
    ago: () => ago(at),
  };
  return format.replace(/\{(\w+)\}/g, (all, name) => words[name]?.() ?? all);
}

function ago(at) {
  const seconds = Math.round((at.getTime() - now().getTime()) / 1000);
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  if (Math.abs(seconds) < 45) return seconds <= 0 ? 'just now' : 'in a moment';
  if (Math.abs(seconds) < 3_600) return relative.format(Math.round(seconds / 60), 'minute');
  if (Math.abs(seconds) < 86_400) return relative.format(Math.round(seconds / 3_600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
}
