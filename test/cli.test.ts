// The command line as a program of its own: exit statuses, what goes to which stream, JSON, files.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EXPLANATIONS } from '../src/explanations.ts'
import { builtin } from '../src/rewrite/builtin.ts'
import { version } from '../src/version.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const cli = join(root, 'dist/cli.mjs')
const example = (name: string): string => join(root, 'examples', name)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netproof-'))
  if (existsSync(cli)) return
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/tsdown/dist/run.mjs')], { cwd: root })
  expect(status).toBe(0)
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true }))

interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(
  args: readonly string[],
  options: { readonly input?: string | Uint8Array; readonly env?: Record<string, string> } = {},
): Run {
  const result = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    input: options.input ?? '',
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  // Whatever happens, nobody sees the inside of the program.
  expect(result.stderr + result.stdout).not.toMatch(/\n\s+at .*[:(]\d+/)
  expect(result.stderr).not.toContain('internal fault')
  return result
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const TRUE = 'net a { x : 2 in (0, inf) -> ln -> exp -> y }\nnet b { x : 2 in (0, inf) -> y }\nprove a == b\n'
const FALSE = 'net a { x : 2 -> relu -> y }\nnet b { x : 2 -> y }\nprove a == b\n'
const OPEN =
  'weights W : 2 x 2\nnet a { x : 2 -> add[W] -> ln -> y }\nnet b { x : 2 -> add[W] -> ln -> y }\nprove a == b\n'

/** False by so little that no enclosure sees it. */
const WIDE = 'net a { x : 70 -> sin -> y }\nnet b { x : 70 -> sin -> scale[1 + 1/10^2000] -> y }\nprove a == b\n'

test('a function beyond all bounds is no fault of the tool', () => {
  const sum = Array.from({ length: 201_000 }, () => 't').join(' + ')
  const input = `function f(t) = ${sum}\nnet a { x : 2 -> f -> y }\n`
  const { status, stderr } = run(['normalize', '-', 'a'], { input })
  expect(status).toBe(3)
  expect(stderr).toMatch(/^error\[E834\]: a function is too large to be worked with/)
})

test('that there may be more errors than are shown is said', () => {
  const nets = (n: number): string =>
    Array.from({ length: n }, (_, i) => `net n${i} { x : 3 -> no${i} -> y }\n`).join('')
  const said = /no more than 20 errors are shown/
  expect(run(['prove', '-'], { input: nets(30) }).stderr).toMatch(said)
  expect(run(['prove', '-'], { input: nets(3) }).stderr).not.toMatch(said)
})

describe('prove', () => {
  test('0: all proved', () => {
    const { status, stdout, stderr } = run(['prove', example('theorem.net')])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^PROVED {2}product == sum/)
    expect(stderr).toBe('')
  })
  test('1: one refuted, with its counterexample', () => {
    const { status, stdout } = run(['prove', '-'], { input: FALSE })
    expect(status).toBe(1)
    expect(stdout).toMatch(/^REFUTED {2}a == b/)
    expect(stdout).toMatch(/x = .*-/)
  })
  test('2: undecided, with the reason', () => {
    const { status, stdout } = run(['prove', '-'], { input: OPEN })
    expect(status).toBe(2)
    expect(stdout).toMatch(/^UNDECIDED {2}a == b/)
    expect(stdout).toContain('ln at n2 may receive R and needs (0, inf)')
  })
  test('refuted counts more than undecided, undecided more than proved', () => {
    const nets = (text: string, n: number): string => text.replace(/\b([abW])\b/g, `$1${n}`)
    expect(run(['prove', '-'], { input: nets(TRUE, 1) + nets(OPEN, 2) }).status).toBe(2)
    expect(run(['prove', '-'], { input: nets(TRUE, 1) + nets(OPEN, 2) + nets(FALSE, 3) }).status).toBe(1)
  })
  test('two nets that are named', () => {
    const path = file('two.net', TRUE.replace('prove a == b\n', 'net c { x : 2 -> y }\nnet d { x : 3 -> y }\n'))
    expect(run(['prove', path, 'a', 'b']).status).toBe(0)
    const unknown = run(['prove', path, 'a', 'bb'])
    expect(unknown.status).toBe(3)
    expect(unknown.stderr).toMatch(/unknown net `bb`/)
    expect(run(['prove', path, 'a']).status).toBe(3)
    expect(run(['prove', path, 'a', 'd']).status).toBe(3)
    expect(run(['prove', path]).stderr).toContain('error[')
  })
  test('a net whose name is nearly right is suggested', () => {
    const { status, stderr, stdout } = run(['prove', example('theorem.net'), 'prodct', 'sum'])
    expect(status).toBe(3)
    expect(stderr).toContain('product')
    expect(stdout).toBe('')
  })
  test('--steps shows every net on the way', () => {
    const { stdout } = run(['prove', '-', '--steps'], { input: TRUE })
    expect(stdout).toContain('= by inverse cancellation at n')
    expect(stdout).toContain('net a { x : 2 in (0, inf) -> ln -> exp -> y }')
  })
  test('--float says where floating point parts company', () => {
    const { status, stdout } = run(['prove', '-', '--float'], {
      input: 'net a { x : 1 -> exp -> ln -> y }\nnet b { x : 1 -> y }\nprove a == b',
    })
    expect(status).toBe(0)
    expect(stdout).toMatch(/binary64/)
  })
  test('of points with many numbers the first are printed, and all with --json', () => {
    const input = 'net a { x : 100 -> scale[2] -> y }\nnet b { x : 100 -> scale[3] -> y }\nprove a == b'
    const { stdout } = run(['prove', '-'], { input })
    expect(stdout).toMatch(/^ {4}x = \[(-?[\d./]+, ){8}and 92 more with --json\]$/m)
    const [claim] = JSON.parse(run(['prove', '-', '--json'], { input }).stdout).claims
    expect(claim.counterexample.inputs.x).toHaveLength(100)
  })
  test('an expectation that is not met is a warning', () => {
    const { status, stderr } = run(['prove', '-'], { input: FALSE.replace('a == b\n', 'a == b expect proved\n') })
    expect(status).toBe(1)
    expect(stderr).toMatch(/warning\[W\d+\]/)
  })
  test('the same output for the same seed, whatever it is', () => {
    const once = run(['prove', example('false.net'), '--seed', '7'])
    expect(once.status).toBe(1)
    expect(run(['prove', example('false.net'), '--seed', '7']).stdout).toBe(once.stdout)
    expect(run(['prove', example('false.net'), '--seed', '8']).stdout.match(/^[A-Z]+/gm)).toEqual(
      once.stdout.match(/^[A-Z]+/gm),
    )
  })
  test('--svg draws the derivation', () => {
    const { status } = run(['prove', example('theorem.net'), '--svg', 'theorem.svg'])
    expect(status).toBe(0)
    const svg = readFileSync(join(folder, 'theorem.svg'), 'utf8')
    expect(svg).toMatch(/^(<\?xml[^>]*>\s*)?<svg /)
    expect(svg.trimEnd().endsWith('</svg>')).toBe(true)
    expect(svg).toContain('multiplicative-additive identity')
  })
})

describe('prove --json', () => {
  const json = (text: string) => JSON.parse(run(['prove', '-', '--json'], { input: text }).stdout)
  test('has the fields of its documentation', () => {
    const found = json(TRUE)
    expect(found).toMatchObject({ netproof: version, seed: 1 })
    expect(found.claims).toHaveLength(1)
    expect(found.claims[0]).toMatchObject({
      left: 'a',
      right: 'b',
      span: { file: 'standard input', line: 3, column: 1 },
      domain: { x: '(0, inf)' },
      verdict: 'proved',
      counterexample: null,
      reason: null,
      assumptions: [],
    })
    expect(found.claims[0].steps[0]).toEqual({ rule: 'inverse', side: 'left', at: expect.stringMatching(/^n\d+$/) })
    expect(found.claims[0].milliseconds).toBeTypeOf('number')
  })
  test('a counterexample has the point and both enclosures', () => {
    const [claim] = json(FALSE).claims
    expect(claim.verdict).toBe('refuted')
    const { inputs, weights, functions, left, right } = claim.counterexample
    expect(inputs.x).toHaveLength(2)
    expect(weights).toEqual({})
    expect(functions).toEqual({})
    expect(left).toHaveLength(2)
    for (const [low, high] of [...left, ...right]) expect(Number(low)).toBeLessThanOrEqual(Number(high))
    const apart = left.some(
      ([low, high]: string[], i: number) => Number(high) < Number(right[i][0]) || Number(right[i][1]) < Number(low),
    )
    expect(apart).toBe(true)
  })
  test('a side that is undefined is called so', () => {
    const [claim] = json('net a { x : 1 -> ln -> exp -> y }\nnet b { x : 1 -> y }\nprove a == b').claims
    expect(claim.counterexample.left).toBe('undefined')
    expect(claim.counterexample.right).toHaveLength(1)
  })
  test('undecided has the point at which the sides lay most apart, whole', () => {
    const [open] = json(WIDE).claims
    expect(open.verdict).toBe('undecided')
    expect(open.largestDifference.inputs.x).toHaveLength(70)
    expect(open.largestDifference.difference).toBeGreaterThanOrEqual(0)
    expect(run(['prove', '-'], { input: WIDE }).stdout).toContain('and 62 more with --json]')
  })
  test('undecided has a reason and both normal forms', () => {
    const [claim] = json(OPEN).claims
    expect(claim).toMatchObject({ verdict: 'undecided', counterexample: null })
    expect(claim.reason).toContain('needs (0, inf)')
    expect(claim.normalForms.left).toMatch(/^net a \{/)
    expect(claim.normalForms.right).toMatch(/^net b \{/)
  })
})

describe('other commands', () => {
  test('normalize: the normal form is a file again', () => {
    const { status, stdout } = run(['normalize', example('theorem.net'), 'product'])
    expect(status).toBe(0)
    const again = run(['normalize', '-', 'product'], { input: stdout })
    expect(again.stdout).toBe(stdout)
    const steps = JSON.parse(run(['normalize', example('theorem.net'), 'product', '--json']).stdout)
    expect(steps.steps.length).toBeGreaterThan(5)
    expect(steps.normalForm).toBe(stdout)
    expect(run(['normalize', example('theorem.net'), 'product', '--steps']).stdout).toContain(
      'multiplicative-additive identity',
    )
    expect(run(['normalize', example('theorem.net'), 'nobody']).status).toBe(3)
  })
  test('draw: SVG and PNG', () => {
    expect(run(['draw', example('theorem.net'), 'product', '-o', 'net.svg']).status).toBe(0)
    expect(readFileSync(join(folder, 'net.svg'), 'utf8')).toContain('<svg ')
    expect(run(['draw', example('theorem.net'), '-o', 'claims.png']).status).toBe(0)
    expect([...readFileSync(join(folder, 'claims.png')).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47])
    expect(run(['draw', example('theorem.net'), '-o', 'net.gif']).status).toBe(3)
    expect(run(['draw', example('theorem.net')]).status).toBe(3)
    expect(run(['draw', example('theorem.net'), '-o', join('nowhere', 'net.svg')]).status).toBe(3)
  })
  test('eval', () => {
    const path = file(
      'eval.net',
      'size m, n\nweights W : m x n\nfunction f : R -> R\nnet a { x : n -> add[W] -> f -> y }\n',
    )
    const given = ['--size', 'm=2', '--size', 'n=2', '--weights', 'W=[[1, 2], [3, 4]]', '--function', 'f=t^2']
    expect(run(['eval', path, 'a', '--input', 'x=1,-1', ...given])).toMatchObject({
      status: 0,
      stdout: 'y = 1, 1\n',
      stderr: '',
    })
    expect(JSON.parse(run(['eval', path, 'a', '--input', 'x=1,1', ...given, '--json']).stdout)).toMatchObject({
      net: 'a',
      outputs: { y: [9, 49] },
      undefinedAt: null,
    })
    for (const wrong of [[], ['--input', 'x=1'], ['--input', 'x=1,b'], ['--input', 'z=1,2'], ['--input', 'x']]) {
      const { status, stdout, stderr } = run(['eval', path, 'a', ...wrong, ...given])
      expect([status, stdout]).toEqual([3, ''])
      expect(stderr).toMatch(/error\[E\d+\]/)
    }
    expect(
      run(['eval', path, 'a', '--input', 'x=1,1', '--weights', 'W=[[1, 2], [3]]', ...given.slice(0, 4)]).status,
    ).toBe(3)
  })
  test('rules: all of them, each with its reason', () => {
    const { status, stdout } = run(['rules'])
    expect(status).toBe(0)
    for (const rule of builtin()) expect(stdout).toContain(`rule ${rule.name}`)
    const list = JSON.parse(run(['rules', '--json']).stdout)
    expect(list).toHaveLength(builtin().length)
    for (const rule of list) expect(rule.reason).not.toBe('')
    expect(run(['rules', example('rules.net')]).stdout).toContain('proved from the built-in rules')
  })
  test('fmt', () => {
    const ugly = 'net a{x:2->exp  ->ln->y}  // why\n'
    const path = file('ugly.net', ugly)
    const check = run(['fmt', '--check', path])
    expect([check.status, check.stdout]).toEqual([1, `${path}\n`])
    expect(readFileSync(path, 'utf8')).toBe(ugly)
    expect(run(['fmt', '-'], { input: ugly }).stdout).toBe(readFormatted())
    function readFormatted(): string {
      expect(run(['fmt', path]).status).toBe(0)
      return readFileSync(path, 'utf8')
    }
    expect(readFormatted()).toContain('// why')
    expect(run(['fmt', '--check', path]).status).toBe(0)
    const broken = file('broken.net', 'net a { x : 2 -> exp\n')
    expect(run(['fmt', broken]).status).toBe(3)
    expect(readFileSync(broken, 'utf8')).toBe('net a { x : 2 -> exp\n')
  })
  test('explain', () => {
    for (const code of Object.keys(EXPLANATIONS).slice(0, 3))
      expect(run(['explain', code])).toMatchObject({ status: 0, stderr: '' })
    const all = run(['explain']).stdout
    for (const code of Object.keys(EXPLANATIONS)) expect(all).toContain(code)
    expect(run(['explain', 'e401']).stdout).toMatch(/^E401: /)
    expect(run(['explain', 'E999']).status).toBe(3)
  })
  test('help and version', () => {
    expect(run(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` })
    const { status, stdout } = run(['--help'])
    expect(status).toBe(0)
    for (const command of ['prove', 'normalize', 'draw', 'eval', 'rules', 'fmt', 'explain'])
      expect(stdout).toContain(command)
  })
})

describe('rule files', () => {
  const LAWS =
    'rule twice { relu -> relu ==> relu }\nderive thrice from twice { attach abs before }\nstrategy once { apply twice }\n'
  const MAIN = 'use "laws.net"\nnet a { x : 2 -> relu -> relu -> relu -> y }\nnet b { x : 2 -> exp -> y }\n'
  test('a strategy: 0 where it comes to its end, 2 where it fails, 3 where there is none', () => {
    file('laws.net', LAWS)
    const main = file('main.net', MAIN)
    const normalize = (net: string, strategy: string): Run => run(['normalize', main, net, '--strategy', strategy])
    expect(normalize('a', 'once')).toMatchObject({ status: 0, stdout: 'net a { x : 2 -> relu -> relu -> y }\n' })
    const failed = normalize('b', 'once')
    expect(failed).toMatchObject({ status: 2, stdout: '' })
    expect(failed.stderr).toContain('at n1 the function is exp, and relu is needed')
    expect(normalize('a', 'twice').status).toBe(3)
  })
  test('a derived rule is listed and drawn', () => {
    file('laws.net', LAWS)
    const main = file('main.net', MAIN)
    expect(run(['rules', main]).stdout).toContain('derived from twice, and proved')
    expect(run(['draw', main, 'thrice', '-o', 'thrice.svg']).status).toBe(0)
    expect(readFileSync(join(folder, 'thrice.svg'), 'utf8')).toContain('attach abs before')
  })
  test('files outside of the folder are used only where that is allowed', () => {
    const main = file('main.net', `use "${join(root, 'examples/derive.net')}"\n${MAIN.split('\n')[2]}`)
    const refused = run(['normalize', main, 'b'])
    expect(refused.status).toBe(3)
    expect(refused.stderr).toContain('E730')
    expect(run(['normalize', main, 'b', '--allow-outside']).status).toBe(0)
  })
})

describe('bad input: exit 3, a message on standard error, nothing on standard output', () => {
  const bad = (args: readonly string[], input?: string | Uint8Array): string => {
    const { status, stdout, stderr } = run(args, { input })
    expect([status, stdout]).toEqual([3, ''])
    expect(stderr).not.toBe('')
    return stderr
  }
  test('a file that is missing, a folder, an empty file, a file that is not text', () => {
    expect(bad(['prove', 'missing.net'])).toContain('missing.net')
    expect(bad(['prove', folder])).toContain('error[')
    expect(bad(['prove', file('empty.net', '')])).toContain('error[E002]')
    expect(bad(['prove', file('binary.net', new Uint8Array([0x89, 0x50, 0, 0xff, 0xfe]))])).toContain('error[E001]')
    expect(bad(['prove', '-'], '')).toContain('standard input')
  })
  test('errors in the text: file, line, column, the text itself and a caret', () => {
    const text = bad([
      'prove',
      file('wrong.net', 'net a { x : 3 -> exp -> y }\nnet b { x : 3 -> expp -> y }\nprove a == b\n'),
    ])
    expect(text).toMatch(/wrong\.net:2:18: error\[E201\]/)
    expect(text).toContain('net b { x : 3 -> expp -> y }')
    expect(text).toContain('^^^^')
    expect(text).toContain('`exp`')
  })
  test('all errors are reported, at most 20', () => {
    const line = (i: number): string => `net n${i} { x : 3 -> nothing${i} -> y }\n`
    const count = (n: number): number =>
      bad(['prove', '-'], Array.from({ length: n }, (_, i) => line(i)).join('')).match(/error\[E201\]/g)?.length ?? 0
    expect(count(3)).toBe(3)
    expect(count(60)).toBeLessThanOrEqual(20)
  })
  test('an empty domain', () => {
    bad(['prove', '-'], 'net a { x : 1 in (1, 0) -> y }\nnet b { x : 1 -> y }\nprove a == b')
    bad(['prove', '-'], 'net a { x : 1 in (0, 1) -> y }\nnet b { x : 1 in (1, 2) -> y }\nprove a == b')
    bad(['prove', file('empty-domain.net', 'net a { x : 1 in (0, 1) -> y }\nnet b { x : 1 in (1, 2) -> y }'), 'a', 'b'])
  })
  test('a text nested too deep, a line too long, tokens without sense', () => {
    bad(['prove', '-'], `net a { input x : 1   output y = ${'('.repeat(100_000)}x${')'.repeat(100_000)} }`)
    bad(['prove', '-'], `net a { x : 1 -> ${'exp'.repeat(1_000_000)} -> y }`)
    bad(['prove', '-'], '}{ ]) net prove == -> 3 x')
  })
  test('options', () => {
    bad(['prove', example('theorem.net'), '--nonsense'])
    bad(['prove'])
    bad(['nonsense'])
    bad(['prove', example('theorem.net'), '--seed', '-1'])
    bad(['prove', example('theorem.net'), '--timeout', '0'])
    bad(['prove', example('theorem.net'), '--timeout', 'soon'])
    bad(['prove', example('theorem.net'), '--assume', 'nonsense'])
  })
})

test('no colour but on a terminal', () => {
  const { stdout, stderr } = run(['prove', '-'], { input: `${FALSE}net`, env: { NO_COLOR: '1' } })
  expect(stdout + stderr).not.toContain('\u001b')
  expect(run(['prove', '-'], { input: FALSE }).stdout).not.toContain('\u001b')
})

test('an output that cannot be written', () => {
  const { status, stderr } = run(['prove', example('theorem.net'), '--svg', join('nowhere', 'a.svg')])
  expect(status).toBe(3)
  expect(stderr).toContain('nowhere')
})

describe('standard streams that take nothing', () => {
  /** The exit status with standard output and error led to files or pipes by a shell. */
  function shell(command: string, claims: string): Run {
    const script = command.replace('NETPROOF', `"${process.execPath}" "${cli}" prove -`)
    const result = spawnSync('bash', ['-c', `${script}; exit \${PIPESTATUS[0]}`], { input: claims, encoding: 'utf8' })
    expect(result.stderr).not.toMatch(/\n\s+at .*[:(]\d+/)
    return result
  }
  test.runIf(existsSync('/dev/full'))('a full disk is said, and is no verdict', () => {
    const { status, stderr } = shell('NETPROOF > /dev/full', TRUE)
    expect(status).toBe(3)
    expect(stderr).toContain('standard output')
  })
  test.runIf(existsSync('/dev/full'))('messages that cannot be written leave the status as it is', () => {
    expect(shell('NETPROOF 2> /dev/full', 'prove a == b').status).toBe(3)
    expect(shell('NETPROOF 2> /dev/full', FALSE).status).toBe(1)
  })
  test('a reader that stops early does not make a false claim true', () => {
    expect(shell('NETPROOF | true', FALSE).status).toBe(1)
  })
})
