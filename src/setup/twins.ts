/**
 * The twins of `revenium.env`: what fish and PowerShell source instead of it. They hold no values of their own but
 * read the file beside them at shell start, by the same grammar as `readWord`, so that there is one place to edit.
 * An assignment that needs a POSIX shell to be understood (`$HOME/x`) is passed over.
 */
export type TwinFile = 'revenium.fish' | 'revenium.ps1';

const NOTE = 'revenium.env beside this file. Written by setup: edit revenium.env instead.';

const FISH =
  String.raw`# Sets in fish what is set in ${NOTE}
begin
    set -l file (string replace -r '[^/]*$' revenium.env -- (status filename))
    test -r "$file"
    and while read -l line
        set -l found (string match -r '^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*?)\r?$' -- "$line")
        or continue
        set -l rest "$found[3]"
        set -l value ''
        while true
            if set -l part (string match -r '^\'([^\']*)\'(.*)$' -- "$rest")
                set value "$value$part[2]"
                set rest "$part[3]"
            else if set -l part (string match -r '^"((?:[^"\\\\$` +
  '`' +
  String.raw`]|\\\\.)*)"(.*)$' -- "$rest")
                set value "$value"(string replace -ra '\\\\(["\\\\$` +
  '`' +
  String.raw`])' '$1' -- "$part[2]")
                set rest "$part[3]"
            else if set -l part (string match -r '^\\\\(.)(.*)$' -- "$rest")
                set value "$value$part[2]"
                set rest "$part[3]"
            else if set -l part (string match -r '^([^\s\'"\\\\$` +
  '`' +
  String.raw`;&|<>(){~#][^\s\'"\\\\$` +
  '`' +
  String.raw`;&|<>(){]*)(.*)$' -- "$rest")
                set value "$value$part[2]"
                set rest "$part[3]"
            else
                break
            end
        end
        string match -qr '^(\s+#.*|\s*)$' -- "$rest"
        and set -gx "$found[2]" "$value"
    end <"$file"
end
`;

const POWERSHELL =
  String.raw`# Sets in PowerShell what is set in ${NOTE}
& {
  $file = Join-Path $PSScriptRoot 'revenium.env'
  if (-not (Test-Path -LiteralPath $file)) { return }
  $word = [regex]'\G(?:''([^'']*)''|"((?:[^"\\$` +
  '`' +
  String.raw`]|\\.)*)"|\\(.)|([^\s''"\\$` +
  '`' +
  String.raw`;&|<>(){~#][^\s''"\\$` +
  '`' +
  String.raw`;&|<>(){]*))'
  foreach ($line in [System.IO.File]::ReadAllLines($file)) {
    $found = [regex]::Match($line, '^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$')
    if (-not $found.Success) { continue }
    $rest = $found.Groups[2].Value
    $value = ''
    $at = 0
    for ($part = $word.Match($rest, $at); $part.Success; $part = $word.Match($rest, $at)) {
      if ($part.Groups[2].Success) { $value += $part.Groups[2].Value -replace '\\(["\\$` +
  '`' +
  String.raw`])', '$1' }
      else { $value += $part.Groups[1].Value + $part.Groups[3].Value + $part.Groups[4].Value }
      $at += $part.Length
    }
    if ($rest.Substring($at) -match '^(?:\s+#.*|\s*)$') {
      [Environment]::SetEnvironmentVariable($found.Groups[1].Value, $value)
    }
  }
}
`;

export const twinText = (file: TwinFile): string => (file === 'revenium.fish' ? FISH : POWERSHELL);
