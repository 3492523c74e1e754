/**
 * tfjs-core's own published specs, bound to one backend. Bundled by `bundle.ts`; the order of imports
 * matters: the specs are declared as soon as `dist/tests` is loaded.
 */
import '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import './environment.ts';
import '@tensorflow/tfjs-core/dist/tests';
