export const SCHEME = 'app';
const HOST = 'graft';
export const HOME_PAGE = `${SCHEME}://${HOST}/`;

/** Whether a URL is a page of ours. (`URL.origin` is "null" for schemes it does not know.) */
export function isOwnPage(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  return protocol === `${SCHEME}:` && host === HOST;
}
