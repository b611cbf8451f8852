import type { ScreenEntry } from '../router/screens.js'

/** The screens of applications and lists; each is a file of its own. */
export const APPLICATION_SCREENS: readonly ScreenEntry[] = [
  {
    pattern: 'applications',
    load: async () => (await import('./applications-screen.js')).ApplicationsScreen,
  },
  {
    pattern: 'applications/:app/summary',
    load: async () => (await import('./summary/summary-screen.js')).SummaryScreen,
  },
  {
    pattern: 'applications/:app/rules',
    load: async () => (await import('./rules/rules-screen.js')).RulesScreen,
  },
  {
    pattern: 'applications/:app/rule',
    load: async () => (await import('./rules/rule-screen.js')).RuleScreen,
  },
  {
    pattern: 'applications/:app/url-rules',
    load: async () => (await import('./url-rules/url-rules-screen.js')).UrlRulesScreen,
  },
  {
    pattern: 'applications/:app/url-rule',
    load: async () => (await import('./rules/rule-screen.js')).UrlRuleScreen,
  },
  {
    pattern: 'applications/:app/templates',
    load: async () => (await import('./templates/templates-screen.js')).TemplatesScreen,
  },
  {
    pattern: 'applications/:app/distribution',
    load: async () => (await import('./distribution/distribution-screen.js')).DistributionScreen,
  },
  {
    pattern: 'applications/:app/stacks',
    load: async () => (await import('./stacks/stacks-screen.js')).StacksScreen,
  },
  {
    pattern: 'applications/:app/changes',
    load: async () => (await import('./changes/changes-screens.js')).ApplicationChangesScreen,
  },
  {
    pattern: 'applications/:app/trial',
    load: async () => (await import('./trial/trial-screen.js')).TrialScreen,
  },
  {
    pattern: 'applications/:app/history',
    load: async () => (await import('./history/history-screens.js')).HistoryScreen,
  },
  {
    pattern: 'applications/:app/transfer',
    load: async () => (await import('./transfer/transfer-screen.js')).TransferScreen,
  },
  {
    pattern: 'applications/:app/settings',
    load: async () =>
      (await import('./settings/application-settings-screen.js')).ApplicationSettingsScreen,
  },
  { pattern: 'lists', load: async () => (await import('./lists/lists-screen.js')).ListsScreen },
  {
    pattern: 'lists/:list',
    load: async () => (await import('./lists/list-screen.js')).ListScreen,
  },
  {
    pattern: 'list-changes',
    load: async () => (await import('./changes/changes-screens.js')).ListChangesScreen,
  },
  {
    pattern: 'list-history',
    load: async () => (await import('./history/history-screens.js')).ListHistoryScreen,
  },
  {
    pattern: 'changes',
    load: async () => (await import('./changes/changes-screens.js')).ChangesScreen,
  },
  {
    pattern: 'changes/:id',
    load: async () => (await import('./changes/change-screen.js')).ChangeScreen,
  },
]
