// Imported before everything else: whatever this process takes for now is an hour behind the database's clock.

const HOUR_MS = 3_600_000;
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...given: [] | ConstructorParameters<typeof RealDate>) {
    if (given.length === 0) super(RealDate.now() - HOUR_MS);
    else super(...(given as ConstructorParameters<typeof RealDate>));
  }
  static override now(): number {
    return RealDate.now() - HOUR_MS;
  }
} as DateConstructor;
