/**
 * Who a command names at its start, as Slack escapes it: people, user groups, or a bare `@handle`. The rest is the reason.
 * A group is known by its id, but by its handle where the policy writes it so: whoever was called is called no second time
 * under another name.
 */
export function leadingContacts(rest: string, written: ReadonlySet<string>): { to: string[]; rest: string } {
  const to: string[] = [];
  let left = rest.trim();
  for (;;) {
    const match = CONTACT.exec(left);
    if (!match) return { to, rest: left };
    const { person, id, label, bare } = match.groups ?? {};
    const handle = label === undefined ? bare : `@${label.replace(/^@/, '')}`;
    const isWritten = handle !== undefined && written.has(handle);
    to.push(person ?? (isWritten ? handle : (id ?? handle ?? '')));
    left = left.slice(match[0].length).trim();
  }
}

const CONTACT =
  /^(?:<@(?<person>[UW][A-Z0-9]+)(?:\|[^>]*)?>|<!subteam\^(?<id>S[A-Z0-9]+)(?:\|(?<label>[^>]*))?>|(?<bare>@[\w.-]+))(?=\s|$|,),?/;
