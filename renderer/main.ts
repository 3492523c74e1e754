import './strict-csp.ts';
import './theme/tokens.css';
import './theme/base.css';
import 'vuetify/styles';
import './theme/vuetify.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { i18n } from './i18n.ts';
import { router } from './router.ts';
import { vuetify } from './theme/vuetify.ts';

createApp(App).use(createPinia()).use(router).use(i18n).use(vuetify).mount('#app');
