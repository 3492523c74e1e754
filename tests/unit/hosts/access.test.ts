import { describe, expect, it } from 'vitest';
import {
  Access,
  comesFromOwnPage,
  isNotCrossSite,
  namesThisComputer,
} from '../../../electron/hosts/server/access.ts';

const cookieOf = (setCookie: string | null): string => setCookie!.split(';')[0]!;

describe('one-time token', () => {
  it('buys a cookie once', () => {
    const access = new Access(4000);
    const token = access.issueToken();
    expect(access.redeem(token)).toMatch(/^graft-4000=.+; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(access.redeem(token)).toBeNull();
  });

  it('is not guessed, empty or shared between servers', () => {
    const access = new Access(4000);
    expect(access.redeem('')).toBeNull();
    expect(access.redeem('a'.repeat(43))).toBeNull();
    expect(access.redeem(new Access(4000).issueToken())).toBeNull();
  });

  it('opens with its cookie among others, and not with another', () => {
    const access = new Access(4000);
    const cookie = cookieOf(access.redeem(access.issueToken()));
    expect(access.holdsCookie({ cookie: `theme=dark; ${cookie}; x=1` })).toBe(true);
    expect(access.holdsCookie({ cookie: `${cookie}x` })).toBe(false);
    expect(access.holdsCookie({ cookie: cookie.replace('4000', '4001') })).toBe(false);
    expect(access.holdsCookie({})).toBe(false);
  });
});

describe('who is asking', () => {
  it.each(['127.0.0.1:80', 'localhost:9000', 'LOCALHOST', '[::1]:80'])('%s is this computer', (host) => {
    expect(namesThisComputer({ host })).toBe(true);
  });

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '10.0.0.2:80', ''])(
    '%s is not (a rebound name)',
    (host) => expect(namesThisComputer({ host })).toBe(false),
  );

  it('lets only the own page open a socket', () => {
    const host = '127.0.0.1:4000';
    expect(comesFromOwnPage({ host, origin: 'http://127.0.0.1:4000' })).toBe(true);
    for (const origin of ['http://127.0.0.1:4001', 'https://127.0.0.1:4000', 'null', undefined])
      expect(comesFromOwnPage({ host, origin })).toBe(false);
  });

  it('refuses what another site embeds', () => {
    expect(isNotCrossSite({ 'sec-fetch-site': 'same-origin' })).toBe(true);
    expect(isNotCrossSite({})).toBe(true);
    expect(isNotCrossSite({ 'sec-fetch-site': 'same-site' })).toBe(false);
    expect(isNotCrossSite({ 'sec-fetch-site': 'cross-site' })).toBe(false);
  });
});
