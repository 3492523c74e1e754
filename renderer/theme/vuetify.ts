import { createVuetify } from 'vuetify';
import { aliases, mdi } from 'vuetify/iconsets/mdi-svg';
import { en, zhHans } from 'vuetify/locale';

const controls = { density: 'compact', variant: 'outlined', hideDetails: 'auto', color: 'primary' } as const;

/** The palette of tokens.css, in the names Vuetify knows. */
const dark = {
  background: '#16181d',
  surface: '#1d2026',
  'surface-bright': '#252932',
  'surface-variant': '#252932',
  'on-surface-variant': '#e6e8ec',
  primary: '#5b8def',
  'on-primary': '#0c1220',
  secondary: '#a4abb8',
  success: '#4cc38a',
  warning: '#e5b44b',
  error: '#f2777a',
  info: '#5b8def',
};
const light = {
  background: '#fafbfc',
  surface: '#ffffff',
  'surface-bright': '#f2f4f7',
  'surface-variant': '#f2f4f7',
  'on-surface-variant': '#1b1f27',
  primary: '#2f66d0',
  'on-primary': '#ffffff',
  secondary: '#5a6270',
  success: '#17784d',
  warning: '#8f5f00',
  error: '#c0343a',
  info: '#2f66d0',
};

export const vuetify = createVuetify({
  icons: { defaultSet: 'mdi', aliases, sets: { mdi } },
  locale: { locale: 'en', fallback: 'en', messages: { en, zhHans } },
  theme: {
    defaultTheme: 'system',
    transition: false,
    themes: {
      dark: {
        dark: true,
        colors: dark,
        variables: { 'border-color': '#808896', 'medium-emphasis-opacity': 0.75 },
      },
      light: {
        dark: false,
        colors: light,
        variables: { 'border-color': '#808896', 'medium-emphasis-opacity': 0.75 },
      },
    },
  },
  defaults: {
    global: { ripple: false },
    VBtn: { variant: 'tonal', elevation: 0 },
    VTextField: controls,
    VSelect: { ...controls, menuProps: { transition: false } },
    VAutocomplete: { ...controls, menuProps: { transition: false } },
    VNumberInput: { ...controls, controlVariant: 'stacked' },
    VCheckbox: { density: 'compact', hideDetails: true, color: 'primary' },
    VSwitch: { density: 'compact', hideDetails: true, color: 'primary', inset: true },
    VSlider: { density: 'compact', hideDetails: true, color: 'primary' },
    VMenu: { transition: false },
    VDialog: { transition: false, maxWidth: 640 },
    VTooltip: { transition: false, openDelay: 350 },
    VProgressLinear: { color: 'primary', height: 4 },
    VList: { density: 'compact' },
  },
});
