import { defineStore } from 'pinia';
import { ref, watch } from 'vue';

const storageKey = 'graft.layout';
const narrowest = 260;
const widest = 560;

interface Layout {
  inspector: boolean;
  width: number;
  tile: number;
}

function remembered(): Layout {
  const fallback: Layout = { inspector: true, width: 320, tile: 132 };
  try {
    return { ...fallback, ...(JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Layout>) };
  } catch {
    return fallback;
  }
}

/** What the window remembers of its own looks: the inspector and the size of the grid's tiles. */
export const useLayout = defineStore('layout', () => {
  const start = remembered();
  const inspector = ref(start.inspector);
  const width = ref(start.width);
  const tile = ref(start.tile);
  const paletteOpen = ref(false);
  const keysOpen = ref(false);

  function setWidth(pixels: number): void {
    width.value = Math.round(Math.min(widest, Math.max(narrowest, pixels)));
  }

  watch([inspector, width, tile], () => {
    localStorage.setItem(
      storageKey,
      JSON.stringify({ inspector: inspector.value, width: width.value, tile: tile.value }),
    );
  });

  return { inspector, width, tile, paletteOpen, keysOpen, setWidth };
});
