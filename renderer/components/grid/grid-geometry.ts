/** Where tiles lie in the grid: pure arithmetic, in pixels of the scrolled content. */
export interface Geometry {
  columns: number;
  /** Side of a tile. */
  side: number;
  gap: number;
  padding: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** As many columns as fit at about the wished side; the side then fills the width exactly. */
export function gridGeometry(width: number, wishedSide: number, gap: number, padding: number): Geometry {
  const inner = Math.max(1, width - 2 * padding);
  const columns = Math.max(1, Math.floor((inner + gap) / (wishedSide + gap)));
  const side = Math.max(1, Math.floor((inner - gap * (columns - 1)) / columns));
  return { columns, side, gap, padding };
}

/** Positions of the tiles a rubber band touches, within `total`. */
export function indexesInBox(box: Box, geometry: Geometry, total: number): number[] {
  const { columns, side, gap, padding } = geometry;
  const pitch = side + gap;
  const first = (edge: number): number => Math.max(0, Math.ceil((edge - padding - side) / pitch));
  const last = (edge: number): number => Math.floor((edge - padding) / pitch);
  const indexes: number[] = [];
  for (let row = first(box.top); row <= last(box.bottom); row++) {
    for (let column = first(box.left); column <= Math.min(columns - 1, last(box.right)); column++) {
      const index = row * columns + column;
      if (index < total) indexes.push(index);
    }
  }
  return indexes;
}

/** Where the focus goes from `index` with a key, or null for a key that does not move it. */
export function movedFocus(
  key: string,
  index: number,
  total: number,
  columns: number,
  rowsInView: number,
): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * rowsInView,
    PageDown: columns * rowsInView,
    Home: -total,
    End: total,
  };
  const step = steps[key];
  if (step === undefined || total === 0) return null;
  return Math.min(total - 1, Math.max(0, index + step));
}
