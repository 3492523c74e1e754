import { computed, type ComputedRef } from 'vue';
import { useTheme } from 'vuetify';
import { chartPalettes, type ChartPalette } from '../../shared/charts/palette.ts';

/** The palette of the theme that is shown. */
export function useChartPalette(): ComputedRef<ChartPalette> {
  const theme = useTheme();
  return computed(() => chartPalettes[theme.global.current.value.dark ? 'dark' : 'light']);
}
