import type { Log } from '../../src/slack/quiet.ts';

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
