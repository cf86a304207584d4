/** What a browser sent: names may repeat. */
export type Sent = {
  readonly one: (name: string) => string;
  readonly all: (name: string) => string[];
  readonly has: (name: string) => boolean;
  readonly files: (name: string) => File[];
};

export function sentIn(form: FormData): Sent {
  const all = (name: string) => form.getAll(name).filter((value) => typeof value === 'string');
  return {
    one: (name) => all(name)[0] ?? '',
    all,
    has: (name) => form.has(name),
    files: (name) => form.getAll(name).filter((value) => typeof value !== 'string'),
  };
}
