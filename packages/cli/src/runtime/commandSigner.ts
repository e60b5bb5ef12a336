import { errorTable } from '@mkiot/core/errors/mkiotError';
import { CURVES } from '@mkiot/esp32/keys/curves';
import type { PublicKey } from '@mkiot/esp32/keys/keys';
import { rawEcdsaSignature } from '@mkiot/esp32/secureBoot/ecdsaSignature';
import { imageDigest, type SecureBootSigner } from '@mkiot/esp32/secureBoot/signer';
import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';

const signCommandError = errorTable({
  SIGN_COMMAND_FAILED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The signing command ended with {exit}. It has said: {output}',
  },
});

const MAX_OUTPUT = 500;

/**
 * Signs by a command of the user's shell, so that the key can stay in a hardware module. The command reads the digest of the
 * image, SHA-256 (for P-384 SHA-384), from its input and writes the signature to its output: RSA-PSS with MGF1 of SHA-256 and
 * a salt of 32 bytes, or ECDSA, raw or in DER. A PIN belongs into the environment, not into the command.
 */
export function commandSigner(command: string, publicKey: PublicKey, signal: AbortSignal): SecureBootSigner {
  return {
    publicKey,
    async sign(image) {
      const signature = await outputOf(command, await imageDigest(publicKey, image), signal);
      if (publicKey.kind === 'RSA') return signature;
      return rawEcdsaSignature(signature, CURVES[publicKey.curve].bytes) ?? signature;
    },
  };
}

async function outputOf(command: string, input: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const child = spawn(command, { shell: true, signal, stdio: ['pipe', 'pipe', 'pipe'] });
  // A command that does not read its input breaks the pipe; how it ends says more.
  child.stdin.on('error', () => undefined).end(input);
  const exited = new Promise<string>((resolve, reject) => {
    child.on('error', reject).on('close', (code, killedBy) => resolve(killedBy ?? `exit code ${code}`));
  });
  const [output, said, exit] = await Promise.all([buffer(child.stdout), text(child.stderr), exited]);
  if (exit === 'exit code 0') return new Uint8Array(output);
  throw signCommandError('SIGN_COMMAND_FAILED', { exit, output: said.trim().slice(0, MAX_OUTPUT) });
}
