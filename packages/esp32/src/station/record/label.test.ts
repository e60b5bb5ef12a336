import fc from 'fast-check';
import jsQR from 'jsqr';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelContent } from './labelContent.ts';
import { labelSvg } from './label.ts';
import { qrCode, qrLines } from './qrCode.ts';

const NAME = 'projects/mkiot-abc123/locations/local/registries/default/devices/pump-1';
const MAC = 'a0:b1:c2:d3:e4:f5';
const facts = { device: 'pump-1', mac: MAC, chip: 'esp32s3', content: `${NAME}\nMAC ${MAC}` };

/** What a reader that we did not write sees in dark and light modules. */
function seen(isDark: (x: number, y: number) => boolean, modules: number): string | undefined {
  const scale = 4;
  const side = modules * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(0xff);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const shade = isDark(Math.floor(x / scale), Math.floor(y / scale)) ? 0 : 0xff;
      pixels.fill(shade, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  }
  return jsQR.default(pixels, side, side)?.data;
}

function seenInSvg(svg: string): string | undefined {
  const [, modules] = /<svg [^>]*viewBox="0 0 (\d+) \d+" shape-rendering/.exec(svg) ?? [];
  const dark = new Set([...svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => `${x} ${y}`));
  return seen((x, y) => dark.has(`${x} ${y}`), Number(modules));
}

test('another reader sees on a label what it was made of', () => {
  assert.equal(seenInSvg(labelSvg(facts)), facts.content);
});

test('another reader sees in a terminal what the code was made of', () => {
  const lines = qrLines(qrCode(facts.content));
  const isLight = (x: number, y: number): boolean => {
    const half = lines[Math.floor(y / 2)]?.[x];
    return half === '█' || half === (y % 2 === 0 ? '▀' : '▄');
  };
  assert.equal(
    seen((x, y) => !isLight(x, y), lines[0]?.length ?? 0),
    facts.content,
  );
});

test('any text that is a name or a URL is read back', () => {
  const text = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(text, (content) => assert.equal(seenInSvg(labelSvg({ ...facts, content })), content)),
    { numRuns: 20 },
  );
});

test('a label shows device, MAC and chip to people; a long id becomes smaller, and nothing in it acts on the file', () => {
  const svg = labelSvg({ ...facts, device: `p<&"${'x'.repeat(200)}` });
  assert.match(svg, /<text [^>]*font-size="1\.2">p&lt;&amp;&quot;x+<\/text>/);
  assert.match(svg, new RegExp(`>${MAC}</text><text [^>]*>esp32s3</text>`));
  assert.doesNotMatch(labelSvg({ ...facts, device: undefined }), />pump-1</);
});

test('a code holds the device name and the MAC address, or opens a URL with them', () => {
  const device = { name: NAME, publicKeys: [], registered: 'registered' } as const;
  assert.equal(labelContent({ mac: MAC, device }, undefined), `${NAME}\nMAC ${MAC}`);
  assert.equal(labelContent({ mac: MAC, device: undefined }, undefined), `MAC ${MAC}`);
  const url = 'https://support.example/{device}?mac={mac}';
  assert.equal(labelContent({ mac: MAC, device }, url), 'https://support.example/pump-1?mac=a0b1c2d3e4f5');
});
