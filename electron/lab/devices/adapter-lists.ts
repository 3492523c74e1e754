import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Adapter } from './adapters.ts';

/** Reading what the systems' tools print about graphics adapters. */

/** Renderers that compute on the processor, and Linux drivers of adapters that can only show pictures. */
const software =
  /swiftshader|vk_swiftshader|llvmpipe|lavapipe|lvp_icd|softpipe|basic (render|display)|remote display|hyper-v|hyperv|indirect display|^(bochs|bochs-drm|qxl|cirrus|ast|mgag200|vkms|simpledrm|simple-framebuffer|vmwgfx|vboxvideo|vgem)$/i;

/** Whether a renderer, driver or driver file of this name does without graphics hardware. */
export const isSoftware = (name: string): boolean => software.test(name);

/** `NVIDIA H100 80GB HBM3, 550.54.15`, one adapter a line. */
export function parseNvidiaSmi(printed: string): Adapter[] {
  return printed
    .split('\n')
    .map((line) => /^(.+),\s*([\d.]+)\s*$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name = '', driver = '']) => ({ name, driver, software: false, cuda: true, graphics: true }));
}

const controllerSchema = z.object({ Name: z.string(), DriverVersion: z.string().nullish() });

/** What PowerShell prints of Win32_VideoController: an object, or an array of them; null when it is neither. */
export function parseVideoControllers(printed: string): Adapter[] | null {
  const parsed = z
    .union([controllerSchema.transform((one) => [one]), z.array(controllerSchema)])
    .safeParse(json(printed));
  if (!parsed.success) return null;
  return parsed.data.map(({ Name, DriverVersion }) => ({
    name: Name,
    driver: DriverVersion ?? '',
    software: isSoftware(Name),
    cuda: /nvidia/i.test(Name),
    graphics: true,
  }));
}

const displaysSchema = z.object({
  SPDisplaysDataType: z.array(z.object({ sppci_model: z.string().optional(), _name: z.string().optional() })),
});

/** What macOS' system_profiler prints of its displays' adapters; null when it is something else. */
export function parseSystemProfiler(printed: string, driver: string): Adapter[] | null {
  const parsed = displaysSchema.safeParse(json(printed));
  if (!parsed.success) return null;
  return parsed.data.SPDisplaysDataType.map(({ sppci_model, _name }) => {
    const name = sppci_model ?? _name ?? 'unknown';
    return { name, driver, software: isSoftware(name), cuda: false, graphics: true };
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const vendors: Readonly<Record<string, string>> = {
  '0x1002': 'AMD',
  '0x10de': 'NVIDIA',
  '0x8086': 'Intel',
  '0x1af4': 'virtio',
  '0x15ad': 'VMware',
  '0x13b5': 'Arm',
  '0x5143': 'Qualcomm',
};
/** The list of names that distributions bring. */
const PCI_NAMES = ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids'];

/** A name for people of a PCI device such as `0x1002`, `0x73bf`; its numbers where no list of names is there. */
export async function pciName(vendor: string, device: string): Promise<string> {
  const maker = vendors[vendor.toLowerCase()] ?? `PCI ${vendor}`;
  for (const path of PCI_NAMES) {
    const model = modelIn(await readFile(path, 'utf8').catch(() => ''), vendor, device);
    if (model) return `${maker} ${model}`;
  }
  return `${maker} ${device}`;
}

/** Vendors stand at the line's beginning, their devices after one tab, subsystems after two. */
export function modelIn(names: string, vendor: string, device: string): string | null {
  const start = names.search(new RegExp(`^${vendor.slice(2)}\\s`, 'm'));
  if (start < 0) return null;
  const section = names.slice(start).split(/\n(?=[^\t#\n])/)[0] ?? '';
  return new RegExp(`^\\t${device.slice(2)}\\s+(.+)$`, 'm').exec(section)?.[1] ?? null;
}
