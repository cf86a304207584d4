import { expect, test } from '@jest/globals';
import { parseManifest } from '../../src/sandbox/manifest.ts';
import { markdown } from '../../src/sandbox/page/markdown.ts';
import { mrkdwn } from '../../src/sandbox/page/mrkdwn.ts';
import { emptyWorld, seed } from '../../src/sandbox/seeds.ts';

const manifest = parseManifest({
  display_information: { name: 'Sitrep' },
  features: { bot_user: { display_name: 'sitrep' } },
  oauth_config: { scopes: { bot: [] } },
  settings: {},
});
const world = emptyWorld(manifest, () => new Date('2026-09-01T12:00:00Z'));
seed(world);
const me = world.members.get('U0ONCALL01');
if (!me) throw new Error('oncall');
const reader = { world, me, base: '/sandbox/oncall' };

test.each([
  ['*bold* _slanted_ ~gone~', '<strong>bold</strong> <em>slanted</em> <s>gone</s>'],
  ['2*3*4 and snake_case_name', '2*3*4 and snake_case_name'],
  ['*<@U0EXEC0001> has command*', '<strong><span class="mention">@Erin Exec</span> has command</strong>'],
  ['<@U0ONCALL01>', '<span class="mention me">@Olivia Oncall</span>'],
  ['`*not bold* <https://a.example>`', '<code>*not bold* https://a.example</code>'],
  ['&lt;b&gt; &amp;amp; "x"', '&lt;b&gt; &amp;amp; &quot;x&quot;'],
  ['<https://a.example/?x=1&amp;y="|a &lt;b&gt;>', 'href="https://a.example/?x=1&amp;y=&quot;"'],
  ['<javascript:alert(1)|x>', 'x'],
  ['<#C0GENERAL1>', '<a href="/sandbox/oncall/C0GENERAL1">#general</a>'],
  ['<!here> <!channel>', '<span class="mention">@here</span> <span class="mention">@channel</span>'],
  ['&gt; said\nmore', '<blockquote>said</blockquote>more'],
  ['```a *b*\nc```', '<pre>a *b*\nc</pre>'],
  ['```never closed', '```never closed'],
  [':rotating_light: :nothing:', '🚨 :nothing:'],
  ['<!date^1790000000^{ago}|then>', '<time datetime="2026-09-21T14:13:20.000Z" data-format="{ago}">then</time>'],
  ['<!date^soon^{ago}|then>', 'then'],
  ['\uE0000\uE001 <@U0EXEC0001>', '0 <span class="mention">@Erin Exec</span>'],
])('Slack\u2019s markup %j reads %j', (text, shown) => {
  expect(String(mrkdwn(text, reader))).toContain(shown);
});

test('a permalink of this workspace leads to the page, also one of an earlier start', () => {
  expect(String(mrkdwn('<http://127.0.0.1:45001/archives/C0GENERAL1/p1790000000000100|it>', reader))).toBe(
    '<a href="/sandbox/oncall/C0GENERAL1">it</a>',
  );
});

test.each([
  ['# One\n## Two\ntext', '<h3>One</h3><h4>Two</h4><p>text</p>'],
  ['- a\n- **b**\n- [x] c', '<ul><li>a</li><li><strong>b</strong></li><li>☑ c</li></ul>'],
  ['1. a\n2. *b*', '<ol><li>a</li><li><em>b</em></li></ol>'],
  ['| | |\n|---|---|\n| **SEV** | a \\| b |', '<table><tr><td><strong>SEV</strong></td><td>a | b</td></tr></table>'],
  ['<script>alert(1)</script>', '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'],
  ['\\*not\\* \\<b\\>', '<p>*not* &lt;b&gt;</p>'],
  ['[x](javascript:alert(1))', '<p>[x](javascript:alert(1))</p>'],
  ['[*x*](https://a.example)', '<em>x</em></a>'],
  ['```\n# no\n\n*no*\n```', '<pre># no\n\n*no*</pre>'],
  ['> a\\\n> b', '<blockquote><p>a<br>b</p></blockquote>'],
  ['&lt;b&gt;', '<p>&lt;b&gt;</p>'],
])('Markdown %j reads %j', (text, shown) => {
  expect(String(markdown(text, reader))).toContain(shown);
});
