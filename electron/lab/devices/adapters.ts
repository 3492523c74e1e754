import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { release } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import {
  isSoftware,
  parseNvidiaSmi,
  parseSystemProfiler,
  parseVideoControllers,
  pciName,
} from './adapter-lists.ts';

/** A graphics adapter of this computer. */
export interface Adapter {
  name: string;
  /** Driver version, or what comes nearest to it; empty where it cannot be had. */
  driver: string;
  /** It computes on the processor, or can only show pictures. */
  software: boolean;
  /** TensorFlow's CUDA library could use it. */
  cuda: boolean;
  /** ONNX Runtime's graphics providers (WebGPU, DirectML, CoreML) could use it. */
  graphics: boolean;
}

/** A system tool that hangs must not keep anybody waiting: after this many ms it is ended. */
const TOOL_TIMEOUT = 10_000;

/**
 * The graphics adapters of this computer, by the system's own means and without network. ONNX Runtime does not
 * say which it would take. Null where it cannot be told; never throws.
 */
export async function readAdapters(
  platform = process.platform,
  env = process.env,
): Promise<Adapter[] | null> {
  if (platform === 'win32') return readVideoControllers();
  if (platform === 'darwin') return readSystemProfiler();
  if (platform === 'linux') return readLinux(env);
  return null;
}

/** What a tool prints; null when it is missing, fails or takes too long. */
async function outputOf(tool: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(tool, args, { timeout: TOOL_TIMEOUT, windowsHide: true });
    return stdout;
  } catch {
    return null;
  }
}

/** NVIDIA's own tool, which comes with the driver; an empty list where there is none. */
async function readNvidia(): Promise<Adapter[]> {
  const query = ['--query-gpu=name,driver_version', '--format=csv,noheader'];
  return parseNvidiaSmi((await outputOf('nvidia-smi', query)) ?? '');
}

async function readVideoControllers(): Promise<Adapter[] | null> {
  const command = 'Get-CimInstance Win32_VideoController | Select-Object Name,DriverVersion | ConvertTo-Json';
  const printed = await outputOf('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command]);
  return printed === null ? null : parseVideoControllers(printed);
}

async function readSystemProfiler(): Promise<Adapter[] | null> {
  const printed = await outputOf('/usr/sbin/system_profiler', ['SPDisplaysDataType', '-json']);
  // A macOS version brings its drivers.
  return printed === null ? null : parseSystemProfiler(printed, `macOS ${release()}`);
}

async function readLinux(env: NodeJS.ProcessEnv): Promise<Adapter[]> {
  const [cards, nvidia] = await Promise.all([readDrm(), readNvidia()]);
  // NVIDIA's tool knows names and driver versions; in a container it may also be all there is.
  const others = nvidia.length > 0 ? cards.filter(({ name }) => !/nvidia/i.test(name)) : cards;
  const adapters = [...nvidia, ...others];
  const forced = forcedDriver(env);
  if (forced === null) return adapters;
  return [forced, ...adapters.map((adapter) => ({ ...adapter, graphics: false }))];
}

/** The Vulkan driver the environment prescribes when it is a software one, as in tests. */
function forcedDriver(env: NodeJS.ProcessEnv): Adapter | null {
  const manifest = env['VK_DRIVER_FILES'] ?? env['VK_ICD_FILENAMES'];
  if (!manifest || !isSoftware(manifest)) return null;
  const name = /swiftshader/i.test(manifest) ? 'SwiftShader' : 'llvmpipe';
  return { name, driver: basename(manifest), software: true, cuda: false, graphics: true };
}

const DRM = '/sys/class/drm';

async function readDrm(folder = DRM): Promise<Adapter[]> {
  const entries = await readdir(folder).catch(() => []);
  const cards = entries.filter((name) => /^card\d+$/.test(name)).sort();
  return Promise.all(cards.map((card) => readCard(join(folder, card, 'device'))));
}

async function readCard(device: string): Promise<Adapter> {
  const [vendor, model, uevent] = await Promise.all(
    ['vendor', 'device', 'uevent'].map((file) => readFile(join(device, file), 'utf8').catch(() => '')),
  );
  const driver = /^DRIVER=(.+)$/m.exec(uevent ?? '')?.[1] ?? 'unknown';
  const name = vendor ? await pciName(vendor.trim(), (model ?? '').trim()) : driver;
  // The kernel brings these drivers, so its release is their version.
  return {
    name,
    driver: `${driver} ${release()}`,
    software: isSoftware(driver),
    cuda: false,
    graphics: true,
  };
}
