import type { App, Session, Shell, WebContents } from 'electron';
import { isOwnPage, SCHEME } from './origin.ts';

/** Schemes a page of ours may load from. Nothing goes over a network. */
const loadable = new Set([`${SCHEME}:`, 'data:', 'blob:', 'devtools:']);
/** Copying a table or a chart is the one permission asked for and granted. */
const granted = new Set(['clipboard-sanitized-write']);

/** Keeps every page where it is: no navigation away, no second window, no embedded page. */
export function confinePages(app: Pick<App, 'on'>, shell: Pick<Shell, 'openExternal'>): void {
  app.on('web-contents-created', (_, contents) => confine(contents, shell));
}

export function confineSession(session: Session): void {
  session.setPermissionRequestHandler((_, permission, decide) => decide(granted.has(permission)));
  session.setPermissionCheckHandler((_, permission) => granted.has(permission));
  session.setDevicePermissionHandler(() => false);
  // Chromium would fetch dictionaries from the internet.
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: !loadable.has(new URL(url).protocol) });
  });
}

function confine(contents: WebContents, shell: Pick<Shell, 'openExternal'>): void {
  contents.on('will-navigate', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    // A link to a paper goes to the user's own browser.
    if (URL.canParse(url) && new URL(url).protocol === 'https:') void shell.openExternal(url);
    return { action: 'deny' };
  });
}
