import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { setupPage } from './setupPage.ts';

const { html, contentSecurityPolicy } = await setupPage().open();

function between(tag: string): string {
  const [, text] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html) ?? [];
  assert.ok(text !== undefined, tag);
  return text;
}

/** Just enough of a browser to run the page's script. */
async function openPage(fragment: string, answer: (body: string) => Promise<Response>) {
  const ids = [...html.matchAll(/ id="(\w+)"/g)].map(([, id]) => id ?? '');
  const elements = new Map(
    ids.map((id) => [
      id,
      {
        textContent: '',
        value: '',
        hidden: new RegExp(`id="${id}"[^>]* hidden`).test(html),
        disabled: false,
        clicked: async (): Promise<void> => assert.fail(`${id} has no listener`),
        addEventListener(_type: string, listener: () => Promise<void>) {
          this.clicked = listener;
        },
        focus() {},
        select() {},
      },
    ]),
  );
  const addresses: string[] = [];
  const copied: string[] = [];
  const context = createContext({
    document: { getElementById: (id: string) => elements.get(id) },
    location: { hash: fragment, pathname: '/setup' },
    history: { replaceState: (_state: unknown, _title: string, address: string) => addresses.push(address) },
    navigator: { clipboard: { writeText: async (text: string) => void copied.push(text) } },
    fetch: (path: string, init: { method: string; body: string }) => {
      assert.deepEqual([path, init.method], ['/v1/setup:exchange', 'POST']);
      return answer(init.body);
    },
    TypeError,
    Error,
  });
  runInContext(between('script'), context);
  const element = (id: string) => elements.get(id) ?? assert.fail(`no element ${id}`);
  return { element, addresses, copied };
}

test('the policy allows exactly the script and the style that the page has, and nothing from elsewhere', () => {
  for (const [tag, directive] of [
    ['script', 'script-src'],
    ['style', 'style-src'],
  ] as const) {
    const hash = createHash('sha256').update(between(tag)).digest('base64');
    assert.ok(contentSecurityPolicy.includes(`${directive} 'sha256-${hash}';`));
  }
  assert.ok(contentSecurityPolicy.startsWith("default-src 'none';"));
  assert.ok(!/unsafe|https?:|\*/.test(contentSecurityPolicy));
  assert.ok(!/https?:\/\/|src=|href=| on\w+=| style=/.test(html), 'nothing inline but the two, nothing loaded');
});

test('the code leaves the address at once and is sent only when the button is pressed', async () => {
  const bodies: string[] = [];
  const page = await openPage('#c0de', async (body) => {
    bodies.push(body);
    return Response.json({ token: 'mkiot_1_2' });
  });
  assert.deepEqual(page.addresses, ['/setup']);
  assert.deepEqual(bodies, []);
  await page.element('exchange').clicked();
  assert.deepEqual(bodies, ['{"code":"c0de"}']);
  assert.equal(page.element('token').value, 'mkiot_1_2');
  assert.deepEqual([page.element('offer').hidden, page.element('result').hidden], [true, false]);
  assert.equal(page.element('problem').hidden, true);
  await page.element('copy').clicked();
  assert.deepEqual(page.copied, ['mkiot_1_2']);
  assert.equal(page.element('copied').textContent, 'Copied.');
});

test('a refused code shows what the server says, and may be tried again', async () => {
  const page = await openPage('#wrong', async () =>
    Response.json({ error: { message: 'The set-up code is not accepted.' } }, { status: 401 }),
  );
  await page.element('exchange').clicked();
  assert.equal(page.element('problem').textContent, 'The set-up code is not accepted.');
  assert.deepEqual([page.element('problem').hidden, page.element('exchange').disabled], [false, false]);
  assert.equal(page.element('result').hidden, true);
});

test('a server that does not answer is told in words', async () => {
  const page = await openPage('#c0de', () => Promise.reject(new TypeError('fetch failed')));
  await page.element('exchange').clicked();
  assert.match(page.element('problem').textContent, /did not answer/);
});

test('a link without a code cannot be pressed and says what to do', async () => {
  const page = await openPage('', () => assert.fail('nothing may be sent'));
  assert.equal(page.element('exchange').disabled, true);
  assert.match(page.element('problem').textContent, /mkiot setup-link/);
});
