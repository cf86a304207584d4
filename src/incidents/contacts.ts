/** Who a command names at its start, as Slack escapes it: people, user groups, or a bare `@handle`. The rest is the reason. */
export function leadingContacts(rest: string): { to: string[]; rest: string } {
  const to: string[] = [];
  let left = rest.trim();
  for (;;) {
    const match = CONTACT.exec(left);
    if (!match) return { to, rest: left };
    to.push(match[1] ?? match[2] ?? match[3] ?? '');
    left = left.slice(match[0].length).trim();
  }
}

const CONTACT = /^(?:<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>|(@[\w.-]+))(?=\s|$|,),?/;
