# Sets in fish what is set in revenium.env beside this file. Written by setup: edit revenium.env instead.
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
            else if set -l part (string match -r '^"((?:[^"\\\\$`]|\\\\.)*)"(.*)$' -- "$rest")
                set value "$value"(string replace -ra '\\\\(["\\\\$`])' '$1' -- "$part[2]")
                set rest "$part[3]"
            else if set -l part (string match -r '^\\\\(.)(.*)$' -- "$rest")
                set value "$value$part[2]"
                set rest "$part[3]"
            else if set -l part (string match -r '^([^\s\'"\\\\$`;&|<>(){~#][^\s\'"\\\\$`;&|<>(){]*)(.*)$' -- "$rest")
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
