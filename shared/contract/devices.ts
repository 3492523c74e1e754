import { z } from 'zod';
import { deviceReasons, type DeviceReasonCode } from '../device-reasons.ts';
import { method } from './method.ts';

/** Something the engine can compute on. */
export const deviceTargetSchema = z.object({
  /** tfjs backend. */
  backend: z.enum(['onnxruntime', 'tensorflow']),
  device: z.enum(['cpu', 'webgpu', 'dml', 'coreml', 'cuda']),
});
export type DeviceTarget = z.infer<typeof deviceTargetSchema>;

const codes = Object.keys(deviceReasons) as [DeviceReasonCode, ...DeviceReasonCode[]];

/** A sentence of `shared/device-reasons.ts` with its parameters. */
export const deviceReasonSchema = z.object({
  code: z.enum(codes),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** What a check measured. Numbers are null where it did not come so far. */
export const deviceMeasurementSchema = z.object({
  passed: z.boolean(),
  /** Why it did not pass; null when it did. */
  reason: deviceReasonSchema.nullable(),
  /** Largest relative difference between a loss there and on the CPU. */
  lossDifference: z.number().nullable(),
  /** What is allowed of it. */
  tolerance: z.number(),
  /** Milliseconds of a training step there and on the CPU. */
  stepMs: z.number().nullable(),
  cpuStepMs: z.number().nullable(),
  /** The driver the check computed with, where the process can tell and it is a software one. */
  softwareDriver: z.string().nullable(),
});
export type DeviceMeasurement = z.infer<typeof deviceMeasurementSchema>;

export const deviceRowSchema = deviceTargetSchema.extend({
  /** Names of the graphics adapters that would serve it; empty for the CPU. */
  adapters: z.array(z.string()),
  /** Its adapter is software, such as SwiftShader: never chosen by itself. */
  software: z.boolean(),
  state: z.enum(['reference', 'passed', 'failed', 'crashed', 'unchecked', 'checking', 'unavailable']),
  reason: deviceReasonSchema,
  /** The latest check with this driver and this version; null where there is none. */
  check: deviceMeasurementSchema
    .pick({ lossDifference: true, tolerance: true, stepMs: true, cpuStepMs: true })
    .extend({ at: z.iso.datetime() })
    .nullable(),
  /** The CPU's step time divided by this device's: above one, it is faster. */
  speedup: z.number().nullable(),
  /** Whether `auto` computes on it. */
  chosen: z.boolean(),
});
export type DeviceRow = z.infer<typeof deviceRowSchema>;

export const devicesSchema = z.object({
  devices: z.array(deviceRowSchema),
  /** What `auto` means on this computer, and why. */
  auto: deviceTargetSchema.extend({ reason: deviceReasonSchema }),
  /** Devices that crashed and of which the user has not been told. */
  news: z.array(deviceTargetSchema),
});
export type Devices = z.infer<typeof devicesSchema>;

export const deviceMethods = {
  'devices.list': method(z.object({}), devicesSchema),
  /**
   * Checks, each in a process of its own, the devices that were never checked, or with `again` all that there
   * could be: also those that failed or crashed, and software adapters. Answers when the last is done.
   */
  'devices.check': method(z.object({ again: z.boolean().default(false) }), devicesSchema),
  /** The user has been told of the devices that crashed. */
  'devices.seen': method(z.object({}), devicesSchema),
};
