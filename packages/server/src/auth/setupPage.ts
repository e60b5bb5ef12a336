import { createHash } from 'node:crypto';
import type { Page, PageContent } from '../http/pages.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --accent: light-dark(#0b6e4f, #4fc79b); }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 2rem 1rem; display: grid; justify-content: center; }
main { width: min(38rem, calc(100vw - 2rem)); }
h1 { font-size: 1.6rem; margin: 0 0 1rem; }
code, textarea { font: 0.95rem/1.5 ui-monospace, monospace; }
textarea { width: 100%; padding: 0.7rem; border: 1px solid var(--line); border-radius: 0.4rem; resize: none; }
button { font: inherit; padding: 0.6rem 1.2rem; border: 0; border-radius: 0.4rem; cursor: pointer;
  background: var(--accent); color: light-dark(#fff, #000); }
button:disabled { opacity: 0.5; cursor: default; }
section { border: 1px solid var(--line); border-radius: 0.6rem; padding: 1.2rem; }
[role=alert] { border-left: 4px solid light-dark(#b3261e, #ff8a80); padding-left: 0.8rem; }
label { display: block; font-weight: 600; margin-bottom: 0.4rem; }
`;

const HTML = `
<main>
  <h1>Set up MkIoT</h1>
  <section id="offer">
    <p>This link gives you, once, the token of an administrator. Whoever has the token may do everything here.</p>
    <button id="exchange" type="button">Get the token</button>
  </section>
  <section id="result" hidden>
    <label for="token">Your administrator token</label>
    <textarea id="token" rows="3" readonly spellcheck="false"></textarea>
    <p><button id="copy" type="button">Copy</button> <span id="copied" role="status"></span></p>
    <p>Keep it where you keep passwords: it is not shown again. To use it on the command line, run
      <code>mkiot login</code> with this server's address and paste it when asked.</p>
  </section>
  <p id="problem" role="alert" hidden></p>
  <noscript><p role="alert">This page needs JavaScript. Without it, <code>mkiot login</code> with the whole link does
    the same on the command line.</p></noscript>
</main>
`;

// The code is taken out of the address at once, so that it stays in no history. It is sent only when the button is
// pressed: a page opened by mistake, or by a preview, uses nothing up.
const SCRIPT = `
const element = (id) => document.getElementById(id);
const code = location.hash.slice(1);
history.replaceState(null, '', location.pathname);

function show(problem) {
  element('problem').textContent = problem;
  element('problem').hidden = false;
}

async function exchange() {
  element('exchange').disabled = true;
  element('problem').hidden = true;
  try {
    const response = await fetch('/v1/setup:exchange', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error.message);
    element('token').value = answer.token;
    element('offer').hidden = true;
    element('result').hidden = false;
    element('token').focus();
    element('token').select();
  } catch (error) {
    show(error instanceof TypeError ? 'The server did not answer. Check that it runs, and try again.' : error.message);
    element('exchange').disabled = false;
  }
}

async function copy() {
  element('token').select();
  try {
    await navigator.clipboard.writeText(element('token').value);
    element('copied').textContent = 'Copied.';
  } catch {
    element('copied').textContent = 'Selected: copy it with your keyboard.';
  }
}

element('exchange').addEventListener('click', exchange);
element('copy').addEventListener('click', copy);
if (code === '') {
  element('exchange').disabled = true;
  show('This link has no set-up code. Open the whole link that the server printed at its start, or make a new one ' +
    'with "mkiot setup-link" on the server.');
}
`;

/**
 * The page that the set-up link opens: it reads the code from the fragment, which no browser sends, and trades it for the
 * first token. It loads nothing, so it works without a network beyond this server.
 */
export function setupPage(): Page {
  const policy = [
    "default-src 'none'",
    `script-src '${sourceHash(SCRIPT)}'`,
    `style-src '${sourceHash(STYLE)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const head =
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Set up MkIoT</title>';
  const content: PageContent = {
    html: `<!doctype html><html lang="en"><head>${head}<style>${STYLE}</style></head><body>${HTML}<script>${SCRIPT}</script></body></html>`,
    contentSecurityPolicy: policy.join('; '),
  };
  return { path: '/setup', open: () => content };
}

/** A source expression of Content Security Policy Level 3, section 2.3.1. */
function sourceHash(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`;
}
