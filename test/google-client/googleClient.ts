import { fileURLToPath } from 'node:url';
import { Program } from '../support/program.ts';

/** How a call failed: `code` as the library gives it, `problem` as its decoder of error bodies understands ours. */
export interface GoogleFailure {
  readonly code: number | string;
  readonly message: string;
  readonly problem?: { readonly code: number; readonly message: string; readonly reason: string };
}

const driver = fileURLToPath(new URL('driver.mjs', import.meta.url));

/** `@google-cloud/iot` in REST mode, aimed at a platform: one call at a time. */
export class GoogleClient implements AsyncDisposable {
  readonly #program: Program;

  constructor(apiPort: number, caFile: string, token: string) {
    this.#program = new Program(process.execPath, [driver, String(apiPort), token], { NODE_EXTRA_CA_CERTS: caFile });
  }

  /** Calls `method`; resolves to its response, bytes as base64. */
  async call<Response>(method: string, request: object): Promise<Response> {
    const answer = await this.#exchange(method, request);
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.response as Response;
  }

  /** Calls `method`, which must fail. */
  async failure(method: string, request: object): Promise<GoogleFailure> {
    const answer = await this.#exchange(method, request);
    if (answer.error === undefined) throw new Error(`${method} did not fail: ${JSON.stringify(answer.response)}`);
    return answer.error;
  }

  async #exchange(method: string, request: object): Promise<{ response?: unknown; error?: GoogleFailure }> {
    const before = this.#program.lineCount;
    this.#program.write(JSON.stringify({ method, request }));
    const { match } = await this.#program.line(/^\{.*\}$/, before);
    return JSON.parse(match.input) as { response?: unknown; error?: GoogleFailure };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
