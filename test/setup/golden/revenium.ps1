# Sets in PowerShell what is set in revenium.env beside this file. Written by setup: edit revenium.env instead.
& {
  $file = Join-Path $PSScriptRoot 'revenium.env'
  if (-not (Test-Path -LiteralPath $file)) { return }
  $word = [regex]'\G(?:''([^'']*)''|"((?:[^"\\$`]|\\.)*)"|\\(.)|([^\s''"\\$`;&|<>(){~#][^\s''"\\$`;&|<>(){]*))'
  foreach ($line in [System.IO.File]::ReadAllLines($file)) {
    $found = [regex]::Match($line, '^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$')
    if (-not $found.Success) { continue }
    $rest = $found.Groups[2].Value
    $value = ''
    $at = 0
    for ($part = $word.Match($rest, $at); $part.Success; $part = $word.Match($rest, $at)) {
      if ($part.Groups[2].Success) { $value += $part.Groups[2].Value -replace '\\(["\\$`])', '$1' }
      else { $value += $part.Groups[1].Value + $part.Groups[3].Value + $part.Groups[4].Value }
      $at += $part.Length
    }
    if ($rest.Substring($at) -match '^(?:\s+#.*|\s*)$') {
      [Environment]::SetEnvironmentVariable($found.Groups[1].Value, $value)
    }
  }
}
