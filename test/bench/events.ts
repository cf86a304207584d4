import { sql } from 'kysely';
import type { Ground } from './ground.ts';
import { type Flow, flow, httpLine, type Send } from './load.ts';
import { median, percent, perSecond, times } from './numbers.ts';
import { CHANNEL } from './payloads.ts';
import type { Section } from './report.ts';
import { type Setting, settingOf } from './setting.ts';

const IN_FLIGHT = 64;
const ROUNDS = 3;
const ROUND_MS = 4_000;
const WARM_UP_MS = 2_000;

type Who = 'sitrep' | 'bare' | 'bareStoring';
const WHO: Record<Setting['mode'], readonly Who[]> = {
  http: ['sitrep', 'bare', 'bareStoring'],
  socket: ['sitrep', 'bare'],
};

/** Messages in an incident's channel, acknowledged when they are in the timeline. */
export async function benchEvents(ground: Ground): Promise<Section> {
  await openIncident(ground);
  const rows: string[][] = [];
  const notes: string[] = [];
  for (const mode of ['http', 'socket'] as const) {
    const flows = await measure(ground, mode);
    const rate = (who: Who) => median(flows[who].map((one) => one.rate));
    const beside = (who: Who) =>
      flows[who].length > 0 ? [perSecond(rate(who)), times(rate('sitrep') / rate(who))] : ['–', '–'];
    const name = mode === 'http' ? 'HTTP' : 'Socket Mode';
    rows.push([name, perSecond(rate('sitrep')), ...beside('bare'), ...beside('bareStoring')]);
    notes.push(...aboutLoad(name, flows));
  }
  return {
    title: 'Events: acknowledged when stored',
    how: `Message events of 600 bytes in an incident's channel, ${IN_FLIGHT} in flight, median of ${ROUNDS} alternating rounds of ${ROUND_MS / 1_000} s. Bare Bolt stores nothing; the last two columns compare with bare Bolt that commits one INSERT an event and acknowledges then, which Bolt can do over HTTP only (its processBeforeResponse).`,
    columns: ['Delivery', 'Sitrep', 'Bare Bolt', 'Ratio', 'Bare Bolt + INSERT', 'Ratio'],
    rows,
    notes: [...notes, 'Every event acknowledged by Sitrep was counted in its timeline afterwards.'],
  };
}

function aboutLoad(mode: string, flows: Record<Who, Flow[]>): string[] {
  const refused = Object.values(flows)
    .flat()
    .reduce((sum, one) => sum + one.refused, 0);
  const busy = (who: Who) => median(flows[who].map((one) => one.loadBusy));
  const isLimit = Math.max(busy('sitrep'), busy('bare')) > 0.85;
  return [
    `${mode}: the load itself kept ${percent(busy('sitrep'))} of a core busy beside Sitrep, ${percent(busy('bare'))} beside bare Bolt${isLimit ? ': THE LOAD IS THE BOTTLENECK, the ratio flatters' : ''}.`,
    ...(refused > 0 ? [`${mode}: ${refused} events were not acknowledged.`] : []),
  ];
}

async function measure(ground: Ground, mode: Setting['mode']): Promise<Record<Who, Flow[]>> {
  const given = { apiUrl: ground.slack.apiUrl, database: ground.database };
  const settings: Record<Who, Setting> = {
    sitrep: settingOf(`sitrep-${mode}`, mode, given),
    bare: settingOf(`bare-${mode}`, mode, { ...given, stores: 'nothing' }),
    bareStoring: settingOf(`storing-${mode}`, mode, { ...given, stores: 'every event' }),
  };
  const flows: Record<Who, Flow[]> = { sitrep: [], bare: [], bareStoring: [] };
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const sends = new Map<Who, Send>();
    for (const who of WHO[mode]) {
      const server = await ground.startServer(who === 'sitrep' ? 'sitrep.ts' : 'bare.ts', settings[who]);
      closing.push(() => server.stop());
      if (mode === 'socket') sends.set(who, ground.line.sendTo(settings[who].appToken));
      else {
        const http = httpLine(server.ready.url, IN_FLIGHT);
        closing.push(() => http.close());
        sends.set(who, http.sendEvent);
      }
    }
    const before = await stored(ground);
    let acked = 0;
    for (let round = 0; round <= ROUNDS; round++)
      for (const [who, send] of sends) {
        const one = await flow(send, { inFlight: IN_FLIGHT, forMs: round === 0 ? WARM_UP_MS : ROUND_MS });
        if (who === 'sitrep') acked += one.acked;
        if (round > 0) flows[who].push(one);
      }
    const kept = (await stored(ground)) - before;
    if (kept < acked) throw new Error(`${acked} events were acknowledged and ${kept} are in the timeline`);
    return flows;
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function openIncident({ db }: Ground): Promise<void> {
  await sql`
    insert into incidents (title, severity, severity_chosen, status, visibility, kind, declared_by, channel_name, channel_id, declared_at)
    values ('bench', 'SEV2', true, 'investigating', 'public', 'real', 'U0OLIVIA', 'inc-bench', ${CHANNEL}, ${new Date()})`.execute(
    db,
  );
}

async function stored({ db }: Ground): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select count(*) as n from timeline_entries where identity like 'm:%'`.execute(db);
  return rows[0]?.n ?? 0;
}
