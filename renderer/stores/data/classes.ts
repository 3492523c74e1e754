import { defineStore } from 'pinia';
import type { ClassImpact, ClassInfo, Project } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';
import { useProject } from '../project.ts';

/** Making and changing classes. The project itself comes back with an event; an answer is there at once. */
export const useClasses = defineStore('classes', () => {
  const project = useProject();

  function shown(classes: ClassInfo[]): void {
    if (project.current) project.current = { ...project.current, classes };
  }

  function edited(result: { changed: number; project: Project }): number {
    project.current = result.project;
    return result.changed;
  }

  return {
    create: async (name: string) => shown(await lab().call('classes.create', { name })),
    rename: async (id: number, name: string) => shown(await lab().call('classes.rename', { id, name })),
    setKey: async (id: number, key: string | null) => shown(await lab().call('classes.setKey', { id, key })),
    setColor: async (id: number, color: number) => shown(await lab().call('classes.setColor', { id, color })),
    arrange: async (ids: number[]) => shown(await lab().call('classes.arrange', { ids })),
    impact: (id: number): Promise<ClassImpact> => lab().call('classes.impact', { id }),
    /** Answers how many items have another label now. */
    merge: async (id: number, into: number) => edited(await lab().call('classes.merge', { id, into })),
    /** Answers how many items have no label now. */
    remove: async (id: number) => edited(await lab().call('classes.remove', { id })),
  };
});
