// Imported before everything else in a process of a soak: its clock goes as far wrong as its parent says, while it runs.

const RealDate = Date;
let aheadMs = 0;

globalThis.Date = class extends RealDate {
  constructor(...given: [] | ConstructorParameters<typeof RealDate>) {
    if (given.length === 0) super(RealDate.now() + aheadMs);
    else super(...(given as ConstructorParameters<typeof RealDate>));
  }
  static override now(): number {
    return RealDate.now() + aheadMs;
  }
} as DateConstructor;

process.on('message', (said) => {
  aheadMs = Number(said);
});
// The way to the parent keeps nobody alive.
process.channel?.unref();
