import { z } from 'zod';

/** Frames of every transport (WebSocket, MessagePort, IPC): plain JSON values. */
export const requestFrame = z.object({
  id: z.number().int().nonnegative(),
  method: z.string().max(100),
  params: z.unknown(),
});
export const replyFrame = z.union([
  z.object({ id: z.number().int(), result: z.unknown() }),
  z.object({
    id: z.number().int(),
    error: z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }),
  }),
]);
export const eventFrame = z.object({ event: z.string(), payload: z.unknown() });

export type RequestFrame = z.infer<typeof requestFrame>;
export type ReplyFrame = z.infer<typeof replyFrame>;
export type EventFrame = z.infer<typeof eventFrame>;
