/** The emoji this workspace knows by name. Others stay as they were typed. */
const EMOJI: Readonly<Record<string, string>> = {
  '+1': '👍',
  '-1': '👎',
  alarm_clock: '⏰',
  boom: '💥',
  bulb: '💡',
  eyes: '👀',
  fire: '🔥',
  heart: '❤️',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  joy: '😂',
  large_blue_circle: '🔵',
  large_green_circle: '🟢',
  large_orange_circle: '🟠',
  large_yellow_circle: '🟡',
  link: '🔗',
  lock: '🔒',
  mag: '🔍',
  memo: '📝',
  no_bell: '🔕',
  pray: '🙏',
  pushpin: '📌',
  raised_hands: '🙌',
  red_circle: '🔴',
  rocket: '🚀',
  rotating_light: '🚨',
  slightly_smiling_face: '🙂',
  stopwatch: '⏱️',
  tada: '🎉',
  thinking_face: '🤔',
  warning: '⚠️',
  wave: '👋',
  white_check_mark: '✅',
  white_circle: '⚪',
  x: '❌',
  zzz: '💤',
};

/** Offered in a message's menu. The first one marks a message as key to the incident. */
export const QUICK = ['pushpin', 'eyes', 'white_check_mark', '+1', 'tada'] as const;

export const emojiOf = (name: string): string => EMOJI[name] ?? `:${name}:`;

export const withEmoji = (text: string): string =>
  text.replace(/:([a-z0-9_+-]+):/g, (all, name: string) => EMOJI[name] ?? all);
