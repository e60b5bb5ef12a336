// Google's client library in a process of its own, because Node reads NODE_EXTRA_CA_CERTS only at its start. Each line of
// standard input is a call, `{method, request}`; each line of standard output is its `{response}` or `{error}`.
// Usage: node driver.mjs PORT TOKEN
import iot from '@google-cloud/iot';
import { OAuth2Client } from 'google-auth-library';
import { GoogleError } from 'google-gax';
import { createInterface } from 'node:readline';

const [port, token] = process.argv.slice(2);
const authClient = new OAuth2Client();
authClient.setCredentials({ access_token: token });

const client = new iot.v1.DeviceManagerClient({
  fallback: true,
  protocol: 'https',
  apiEndpoint: 'localhost',
  port: Number(port),
  authClient,
});

for await (const line of createInterface({ input: process.stdin })) {
  const { method, request } = JSON.parse(line);
  try {
    const [response] = await client[method](request);
    print({ response });
  } catch (error) {
    print({ error: describe(error) });
  }
}

/**
 * `code` and `message` are what the program that uses the library sees: with these versions the HTTP status and our whole
 * body as text. `problem` is what the library's own decoder makes of that body.
 */
function describe({ code, message }) {
  if (!message.startsWith('{')) return { code, message };
  const problem = GoogleError.parseHttpError(JSON.parse(message));
  return { code, message, problem: { code: problem.code, message: problem.message, reason: problem.reason } };
}

function print(value) {
  // Buffers are bytes of the contract, which JSON carries as base64.
  const json = JSON.stringify(value, (_key, member) =>
    member?.type === 'Buffer' ? Buffer.from(member.data).toString('base64') : member,
  );
  process.stdout.write(`${json}\n`);
}
