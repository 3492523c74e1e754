import { events, methods } from './contract/index.ts';
import type { EventName, LabClient, MethodName, Params, Result } from './contract/index.ts';
import { eventFrame, replyFrame, requestFrame } from './contract/wire.ts';
import type { ReplyFrame } from './contract/wire.ts';
import { errorSentences } from './error-sentences.ts';
import { GraftError, toGraftError } from './errors.ts';
import type { ErrorCode, ErrorParams } from './errors.ts';

/** Two-way stream of frames (plain JSON values), whatever carries them: a socket, a port, or memory. */
export interface Channel {
  /** Throws `host.lost` where it is known that nobody is there. */
  send(frame: unknown): void;
  /** Returns a function that stops listening; so does `onClose`. */
  onFrame(handler: (frame: unknown) => void): () => void;
  onClose(handler: () => void): () => void;
}

export type Answer = { result: unknown } | { error: { code: string; params: ErrorParams } };

/** Calls the lab for somebody outside this process: an error comes back as its code, never as a stack trace. */
export async function answer(lab: LabClient, method: unknown, params: unknown): Promise<Answer> {
  try {
    if (!isMethod(method)) throw new GraftError('request.unknown', { method: String(method) });
    return { result: (await lab.call(method, params as Params<typeof method>)) ?? null };
  } catch (error) {
    const { code, params } = toGraftError(error);
    return { error: { code, params } };
  }
}

/** Answers the requests that arrive over a channel and forwards every event, until the channel closes. */
export function serveLab(lab: LabClient, channel: Channel): () => void {
  let open = true;
  const tell = (frame: unknown): void => {
    if (open) channel.send(frame);
  };
  const stops = [
    channel.onFrame((frame) => {
      const request = requestFrame.safeParse(frame);
      // Without an id there is nobody to answer: a frame that is no request is dropped.
      if (!request.success) return;
      const { id, method, params } = request.data;
      void answer(lab, method, params).then((reply) => tell({ id, ...reply }));
    }),
    ...eventNames.map((event) => lab.on(event, (payload) => tell({ event, payload }))),
  ];
  const stop = (): void => {
    open = false;
    stops.splice(0).forEach((off) => off());
  };
  stops.push(channel.onClose(stop));
  return stop;
}

/**
 * The lab at the other end of a channel. Calls reject with the GraftError the lab threw, or with
 * `host.lost` when the channel closes before the answer came. A channel may open again: later calls use it.
 */
export function connectLab(channel: Channel): LabClient {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: GraftError): void }>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  let nextId = 0;

  const settle = (reply: ReplyFrame): void => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) call?.reject(errorFrom(reply.error));
    else call?.resolve(reply.result);
  };
  channel.onFrame((frame) => {
    const event = eventFrame.safeParse(frame);
    if (event.success) listeners.get(event.data.event)?.forEach((tell) => tell(event.data.payload));
    const reply = replyFrame.safeParse(frame);
    if (reply.success) settle(reply.data);
  });
  channel.onClose(() => {
    for (const call of waiting.values()) call.reject(new GraftError('host.lost'));
    waiting.clear();
  });

  return {
    call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
      const id = nextId++;
      return new Promise<Result<M>>((resolve, reject) => {
        channel.send({ id, method, params });
        waiting.set(id, { resolve: (value) => resolve(value as Result<M>), reject });
      });
    },
    on(event, handler) {
      const tell = (payload: unknown): void => handler(payload as never);
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(tell));
      return () => set.delete(tell);
    },
  };
}

/** The error a lab in another process threw, from what crossed. */
export function errorFrom(error: { code: string; params: ErrorParams }): GraftError {
  if (Object.hasOwn(errorSentences, error.code)) return new GraftError(error.code as ErrorCode, error.params);
  return new GraftError('internal', { detail: error.code });
}

export const eventNames = Object.keys(events) as EventName[];

function isMethod(name: unknown): name is MethodName {
  return typeof name === 'string' && Object.hasOwn(methods, name);
}
