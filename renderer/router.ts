import { createRouter, createWebHashHistory } from 'vue-router';

/** The screens in the order of work. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', name: 'home', component: () => import('./views/HomeView.vue') },
    { path: '/data', name: 'data', component: () => import('./views/DataView.vue') },
    { path: '/backbones/:arch?', name: 'backbones', component: () => import('./views/BackbonesView.vue') },
    { path: '/train', name: 'train', component: () => import('./views/TrainView.vue') },
    { path: '/train/:run', name: 'live', component: () => import('./views/LiveView.vue') },
    { path: '/folds/:group', name: 'folds', component: () => import('./views/FoldsView.vue') },
    { path: '/results/:run?', name: 'results', component: () => import('./views/ResultsView.vue') },
    { path: '/map/:run', name: 'map', component: () => import('./views/FeatureMapView.vue') },
    { path: '/experiments', name: 'experiments', component: () => import('./views/ExperimentsView.vue') },
    { path: '/compare', name: 'compare', component: () => import('./views/CompareView.vue') },
    { path: '/ladder', name: 'ladder', component: () => import('./views/LadderView.vue') },
    { path: '/predict', name: 'predict', component: () => import('./views/PredictView.vue') },
    { path: '/settings', name: 'settings', component: () => import('./views/SettingsView.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
});
