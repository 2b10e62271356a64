// Runs before the first paint, as a file of its own because the security policy forbids inline scripts.
try {
  const theme = localStorage.getItem('apm.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  const locale = localStorage.getItem('apm.locale') ?? navigator.language
  document.documentElement.lang = locale.toLowerCase().startsWith('pt') ? 'pt-BR' : 'en'
} catch {
  // Storage may be forbidden; the system's theme is used then.
}
