import enApp from './en/app.json' with { type: 'json' };
import enCheck from './en/check.json' with { type: 'json' };
import enData from './en/data.json' with { type: 'json' };
import enDevices from './en/devices.json' with { type: 'json' };
import enDownloads from './en/downloads.json' with { type: 'json' };
import enExplain from './en/explain.json' with { type: 'json' };
import enExports from './en/exports.json' with { type: 'json' };
import enExperiments from './en/experiments.json' with { type: 'json' };
import enMap from './en/map.json' with { type: 'json' };
import enForecast from './en/forecast.json' with { type: 'json' };
import enLabel from './en/label.json' with { type: 'json' };
import enResults from './en/results.json' with { type: 'json' };
import enSuggestions from './en/suggestions.json' with { type: 'json' };
import enTerms from './en/terms.json' with { type: 'json' };
import enTrain from './en/train.json' with { type: 'json' };
import enTransfer from './en/transfer.json' with { type: 'json' };
import zhApp from './zh/app.json' with { type: 'json' };
import zhCheck from './zh/check.json' with { type: 'json' };
import zhData from './zh/data.json' with { type: 'json' };
import zhDevices from './zh/devices.json' with { type: 'json' };
import zhDownloads from './zh/downloads.json' with { type: 'json' };
import zhExplain from './zh/explain.json' with { type: 'json' };
import zhExports from './zh/exports.json' with { type: 'json' };
import zhExperiments from './zh/experiments.json' with { type: 'json' };
import zhMap from './zh/map.json' with { type: 'json' };
import zhForecast from './zh/forecast.json' with { type: 'json' };
import zhLabel from './zh/label.json' with { type: 'json' };
import zhResults from './zh/results.json' with { type: 'json' };
import zhSuggestions from './zh/suggestions.json' with { type: 'json' };
import zhTerms from './zh/terms.json' with { type: 'json' };
import zhTrain from './zh/train.json' with { type: 'json' };
import zhTransfer from './zh/transfer.json' with { type: 'json' };

/** Every sentence of the interface. Errors and reasons of files have theirs in `shared/`. */
export const messages = {
  en: {
    ...enApp,
    ...enCheck,
    ...enData,
    ...enDevices,
    ...enDownloads,
    ...enTrain,
    ...enResults,
    ...enExports,
    ...enExplain,
    ...enExperiments,
    ...enForecast,
    ...enLabel,
    ...enMap,
    ...enSuggestions,
    ...enTerms,
    ...enTransfer,
  },
  zh: {
    ...zhApp,
    ...zhCheck,
    ...zhData,
    ...zhDevices,
    ...zhDownloads,
    ...zhTrain,
    ...zhResults,
    ...zhExports,
    ...zhExplain,
    ...zhExperiments,
    ...zhForecast,
    ...zhLabel,
    ...zhMap,
    ...zhSuggestions,
    ...zhTerms,
    ...zhTransfer,
  },
};
