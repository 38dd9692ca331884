/** As much of a command as is looked at. */
const LONGEST = 4000;

const QUOTED = /"(?:[^"\\]|\\.)*"|'[^']*'/g;
const HERE_DOCUMENT = /<<[\s\S]*$/;
/** What is thrown away, or joined with the output, is written nowhere. */
const HARMLESS_REDIRECTION = /\s*(?:\d|&)?>>?\s*(?:&\d|\/dev\/null|nul\b)/gi;

/** Words before the program that is meant. */
const LEADING = /^(?:\w+=\S*|sudo|time|nice|env|command|exec|npx|bunx|pnpx|xvfb-run)$/;
const LEADING_PAIR =
  /^(?:timeout \S+|(?:pnpm|yarn|bun) (?:exec|dlx|x)|(?:uv|poetry|pipenv|pdm|hatch|rye) run|bundle exec|(?:python[\d.]*|py) -m)$/;

const RUNNERS = [
  'vitest|jest|mocha|ava|karma|jasmine|pytest|py\\.test|tox|nox|nosetests|unittest|rspec|phpunit|pest|ctest|bats',
  'gotestsum|playwright test|cypress run|cargo (?:test|t|nextest)|go test|npm t|node .*--test|make check',
  '(?:npm|pnpm|yarn|bun|deno|dotnet|swift|mix|flutter|dart|bazel|sbt|lein|stack|cabal|rails|rake|make|just|task|zig' +
    '|meson|xcodebuild|composer|php artisan) (?:-\\S+ )*(?:run |run-script |build )?tests?',
  '(?:mvnw?|gradlew?) .*\\b(?:test|verify|check)',
];
const TEST_RUN = new RegExp(`^(?:${RUNNERS.join('|')})(?=[\\s:_-]|$)`);

const LOOK = new RegExp(
  '^(?:(?:ls|cat|head|tail|less|grep|egrep|rg|ag|fd|tree|wc|pwd|stat|file|which|du|sort|uniq|cut|nl|diff|jq|dir|type' +
    '|realpath|basename|dirname|cd|echo|true|sed -n|find(?!.* -(?:delete|exec|execdir|ok|fprint)))' +
    '|git (?:-C \\S+ |-(?!C )\\S+ )*(?:log|show|diff|status|blame|grep|branch|ls-files|rev-parse|remote|describe))(?=\\s|$)',
);

/** What a command line is for: whether it runs tests, or only looks. A heuristic over the programs' names. */
export function commandPurpose(command: string): 'test run' | 'look' | 'other' {
  const bare = command
    .slice(0, LONGEST)
    .replace(QUOTED, '_')
    .replace(HERE_DOCUMENT, '<')
    .replace(HARMLESS_REDIRECTION, '');
  const programs = bare.split(/&&|\|\||[;|\n]/).flatMap((part) => programOf(part) ?? []);
  if (programs.some((program) => TEST_RUN.test(program))) return 'test run';
  const looks = programs.length > 0 && programs.every((program) => LOOK.test(program) && !/[<>]/.test(program));
  return looks ? 'look' : 'other';
}

/** A command from its program's bare name on; null where there is none. */
function programOf(part: string): string | null {
  const words = part
    .replaceAll(/[()]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
  for (;;) {
    const [first = '', second = ''] = words;
    if (LEADING_PAIR.test(`${first} ${second}`)) words.splice(0, 2);
    else if (LEADING.test(first)) words.shift();
    else break;
    while (words[0]?.startsWith('-')) words.shift();
  }
  const [program, ...rest] = words;
  if (program === undefined) return null;
  const name = program.replace(/^.*[/\\]/, '').replace(/\.(?:exe|cmd|bat)$/i, '');
  return [name, ...rest].join(' ');
}
