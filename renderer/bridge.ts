import { shallowRef } from 'vue';
import { events, methods } from '../shared/contract/index.ts';
import type {
  EventName,
  EventPayload,
  LabClient,
  MethodName,
  Params,
  Result,
} from '../shared/contract/index.ts';
import { GraftError } from '../shared/errors.ts';
import { openPreload, type PreloadApi } from './transport-preload.ts';
import { openSocket } from './transport-socket.ts';

/** What carries calls and events to the lab, unchecked: the Electron preload or a WebSocket. */
export interface Transport {
  call(method: string, params: unknown): Promise<unknown>;
  on(event: string, handler: (payload: unknown) => void): () => void;
  onState(handler: (state: ConnectionState) => void): void;
}

export type ConnectionState = 'connecting' | 'open' | 'lost';
export type AssetKind = 'thumb' | 'preview' | 'image';

export interface Bridge extends LabClient {
  /** Where a dropped file lies on this computer, or null where the host may not say (browser). */
  pathForFile(file: File): string | null;
}

/** The lab of this window. Results and events are checked against the contract's schemas. */
export function createBridge(transport: Transport, preload?: PreloadApi): Bridge {
  return {
    async call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
      const raw = await transport.call(method, params);
      const checked = methods[method].result.safeParse(raw);
      if (checked.success) return checked.data as Result<M>;
      throw new GraftError('internal', { detail: `${method}: ${checked.error.issues[0]?.message ?? ''}` });
    },
    on<E extends EventName>(event: E, handler: (payload: EventPayload<E>) => void): () => void {
      return transport.on(event, (raw) => {
        const checked = events[event].safeParse(raw);
        if (checked.success) handler(checked.data as EventPayload<E>);
        else console.error(`event ${event} does not follow the contract`, checked.error.issues);
      });
    },
    pathForFile: (file) => preload?.pathForFile(file) || null,
  };
}

export const connection = shallowRef<ConnectionState>('connecting');

function openTransport(): Transport {
  const preload = window.graft;
  if (preload) return openPreload(preload);
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return openSocket(`${scheme}://${location.host}/ws`);
}

let current: Bridge | undefined;

/** The bridge of this window, opened at the first use. */
export function lab(): Bridge {
  if (current) return current;
  const transport = openTransport();
  transport.onState((state) => (connection.value = state));
  current = createBridge(transport, window.graft);
  return current;
}

let assetScope = '';

/** Names the project pictures come from: ids count anew in each, and the page may keep what it fetched. */
export function setAssetScope(project: { path: string; createdAt: string } | null): void {
  assetScope = project ? encodeURIComponent(`${project.path} ${project.createdAt}`) : '';
}

/** The address of an item's picture. `revision` changes when the picture behind it may have changed. */
export function assetUrl(kind: AssetKind, itemId: number, revision?: number): string {
  return `/asset/${kind}/${itemId}?of=${assetScope}${revision === undefined ? '' : `&r=${revision}`}`;
}
