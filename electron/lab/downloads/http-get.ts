import { request as requestHttp } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { GraftError } from '../../../shared/errors.ts';

/** Longest silence of a server, in ms, before the connection counts as lost. */
const SILENCE = 60_000;
const MOST_REDIRECTS = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface GetOptions {
  headers: Record<string, string>;
  signal: AbortSignal;
  /** Plain http from this computer itself, for a mirror that runs here. Never from anywhere else. */
  loopbackHttp: boolean;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  host: string;
  /** To be read or destroyed. */
  body: IncomingMessage;
}

/** The connection failed or broke: what came so far is good, and the rest can be asked for again. */
export class ConnectionLost extends Error {
  readonly host: string;
  /** Whether the server had begun to answer. */
  readonly answered: boolean;

  constructor(host: string, detail: string, answered: boolean, options?: ErrorOptions) {
    super(detail, options);
    this.host = host;
    this.answered = answered;
  }
}

/**
 * Asks for a file, following redirects over https alone. Proxies are taken from HTTPS_PROXY and NO_PROXY.
 * @throws GraftError download.insecure, download.bad-answer; ConnectionLost
 */
export async function httpGet(address: string, options: GetOptions): Promise<Answer> {
  let url = new URL(address);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    checkScheme(url, options.loopbackHttp);
    const body = await get(url, options);
    const { statusCode: status = 0, headers } = body;
    if (!redirects.has(status)) return { status, headers, host: url.host, body };
    body.destroy();
    if (headers.location === undefined || !URL.canParse(headers.location, url.href)) break;
    url = new URL(headers.location, url);
  }
  throw new GraftError('download.bad-answer', { host: url.host, detail: 'redirects that lead nowhere' });
}

function checkScheme(url: URL, loopbackHttp: boolean): void {
  const secure = url.protocol === 'https:';
  const local = loopbackHttp && url.protocol === 'http:' && isLoopback(url.hostname);
  if (!secure && !local) throw new GraftError('download.insecure', { url: url.href });
}

const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);

function get(url: URL, { headers, signal }: GetOptions): Promise<IncomingMessage> {
  const asked = { ...headers, 'accept-encoding': 'identity', 'user-agent': 'Graft' };
  return new Promise((resolve, reject) => {
    const common = { headers: asked, signal, timeout: SILENCE };
    const secure = { ...common, agent: new Agent({ proxyEnv: process.env }) };
    const request =
      url.protocol === 'https:' ? requestHttps(url, secure, resolve) : requestHttp(url, common, resolve);
    request.once('timeout', () => request.destroy(new Error(`no answer for ${SILENCE / 1000} s`)));
    request.once('error', (error: NodeJS.ErrnoException) => {
      reject(new ConnectionLost(url.host, error.code ?? error.message, false, { cause: error }));
    });
    request.end();
  });
}
