import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const TOKEN_BYTES = 32;
const localNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Who may talk to the local server. Any page in the user's browser can reach 127.0.0.1, so a caller must
 * - name this computer in `Host` (a rebound DNS name does not),
 * - hold the cookie that a one-time token was exchanged for,
 * - and, for the socket, come from the page this server served (`Origin`).
 */
export class Access {
  readonly #cookieName: string;
  readonly #secret = randomBytes(TOKEN_BYTES).toString('base64url');
  readonly #tokens = new Set<string>();

  /** Cookies do not know ports: the name keeps two servers on one computer apart. */
  constructor(port: number) {
    this.#cookieName = `graft-${port}`;
  }

  /** A new token, good for one exchange. */
  issueToken(): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.#tokens.add(token);
    return token;
  }

  /** Spends a token; the `Set-Cookie` value it buys, or null when it was never issued or is already spent. */
  redeem(token: string): string | null {
    const issued = [...this.#tokens].find((candidate) => same(candidate, token));
    if (!issued) return null;
    this.#tokens.delete(issued);
    return `${this.#cookieName}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`;
  }

  holdsCookie(headers: IncomingHttpHeaders): boolean {
    const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
    const mine = pairs.find((pair) => pair.startsWith(`${this.#cookieName}=`));
    return mine !== undefined && same(mine.slice(this.#cookieName.length + 1), this.#secret);
  }
}

/** The port is free to differ: an SSH tunnel may end at another one. */
export function namesThisComputer(headers: IncomingHttpHeaders): boolean {
  return localNames.has((headers.host ?? '').replace(/:\d+$/, '').toLowerCase());
}

export function comesFromOwnPage(headers: IncomingHttpHeaders): boolean {
  return headers.origin !== undefined && headers.origin === `http://${headers.host}`;
}

/** False when the browser says that another site's page is asking. */
export function isNotCrossSite(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
