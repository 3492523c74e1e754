import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import type { ClassInfo, Project, RecentProject } from '../../shared/contract/index.ts';
import { lab, setAssetScope } from '../bridge.ts';
import { classColor, unlabelledColor } from '../../shared/class-colors.ts';

/** The open project and the ones opened before. */
export const useProject = defineStore('project', () => {
  const current = ref<Project | null>(null);
  const recent = ref<RecentProject[]>([]);
  const loaded = ref(false);
  watch(current, setAssetScope, { flush: 'sync' });

  const classes = computed<ClassInfo[]>(() => current.value?.classes ?? []);
  const classById = computed(() => new Map(classes.value.map((entry) => [entry.id, entry])));
  const collections = computed(() => current.value?.collections ?? []);
  const unlabelled = computed(() => {
    const counts = current.value?.counts;
    return counts ? counts.items - counts.labelled : 0;
  });

  function colorOf(classId: number | null): string {
    const entry = classId === null ? undefined : classById.value.get(classId);
    return entry ? classColor(entry.color) : unlabelledColor;
  }

  /** The colour of a class of a run: by its name, since the project's order may have changed since. */
  function colorOfName(name: string, position: number): string {
    const entry = classes.value.find((candidate) => candidate.name === name);
    return classColor(entry?.color ?? position);
  }

  async function load(): Promise<void> {
    current.value = await lab().call('projects.current', {});
    recent.value = await lab().call('projects.recent', {});
    loaded.value = true;
  }

  async function create(path: string, name: string): Promise<void> {
    current.value = await lab().call('projects.create', { path, name });
  }

  async function open(path: string): Promise<void> {
    current.value = await lab().call('projects.open', { path });
  }

  async function openSample(): Promise<void> {
    current.value = (await lab().call('projects.sample', {})).project;
  }

  async function close(): Promise<void> {
    await lab().call('projects.close', {});
    current.value = null;
    recent.value = await lab().call('projects.recent', {});
  }

  async function rename(name: string): Promise<void> {
    current.value = await lab().call('projects.rename', { name });
  }

  async function forget(path: string): Promise<void> {
    recent.value = await lab().call('projects.forget', { path });
  }

  function listen(): void {
    lab().on('project.changed', (next) => (current.value = next));
  }

  return {
    current,
    recent,
    loaded,
    classes,
    classById,
    collections,
    unlabelled,
    colorOf,
    colorOfName,
    load,
    create,
    open,
    openSample,
    close,
    rename,
    forget,
    listen,
  };
});
