<?php

/**
 * Resolves the names in fragments of PHP against what the binary has, and runs them: fragments.php PARSER < JOBS.
 *
 * A fragment runs behind its page's preamble and the imports that pages leave out. A preamble that sets $resolveOnly gives a list
 * of first lines: those fragments, and those that call runAll(), are resolved and not run.
 */

declare(strict_types=1);

use PhpParser\Node;
use PhpParser\Node\Expr;
use PhpParser\NodeTraverser;
use PhpParser\NodeVisitor\NameResolver;
use PhpParser\NodeVisitorAbstract;
use PhpParser\ParserFactory;

spl_autoload_register(static function (string $class) use ($argv): void {
    $file = $argv[1] . '/' . str_replace('\\', '/', $class) . '.php';
    if (str_starts_with($class, 'PhpParser\\') && is_file($file)) {
        require $file;
    }
});

/** What the pages mean by a short name, where the fragment does not import it. */
const IMPORTS = [
    'Workerman\Connection\AsyncTcpConnection', 'Workerman\Connection\AsyncUdpConnection',
    'Workerman\Connection\TcpConnection', 'Workerman\Connection\UdpConnection', 'Workerman\Coroutine',
    'Workerman\Protocols\Http', 'Workerman\Protocols\Http\Chunk', 'Workerman\Protocols\Http\Request',
    'Workerman\Protocols\Http\Response', 'Workerman\Protocols\Http\ServerSentEvents',
    'Workerman\Protocols\Http\Session', 'Workerman\Protocols\Http\Session\RedisSessionHandler', 'Workerman\Timer',
    'Workerman\Worker', 'Phalanx\Cron', 'Phalanx\Connections', 'Phalanx\Engine', 'Phalanx\Http\Client',
    'Phalanx\Log', 'Phalanx\Metrics', 'Phalanx\Once', 'Phalanx\Password', 'Phalanx\PubSub', 'Phalanx\Queue',
    'Phalanx\Redis', 'Phalanx\Shared\Cache', 'Phalanx\Shared\Channel', 'Phalanx\Shared\Counter', 'Phalanx\Shared\Lock',
    'Phalanx\Shared\Table', 'Phalanx\Sql\Database', 'Phalanx\Sql\Transaction', 'Phalanx\Trace', 'Phalcon\Mvc\Micro',
    'Phalcon\Di\FactoryDefault', 'Phalanx\Http\Psr18Client', 'Phalanx\RateLimiter',
];

/** Finds names that nothing has, and arguments and members that their classes have not. */
final class Resolver extends NodeVisitorAbstract
{
    /** @var list<string> */
    public array $problems = [];

    /** @var array<string, string> a variable's class, where it is plain to see */
    private array $types = [];

    /** @var array<string, true> what the fragment itself declares */
    private array $declared = [];

    private function problem(Node $at, string $what): null
    {
        $this->problems[] = $at->getStartLine() . ': ' . $what;
        return null;
    }

    private function known(string $name): bool
    {
        return isset($this->declared[strtolower($name)]) || class_exists($name) || interface_exists($name)
            || trait_exists($name) || enum_exists($name) || str_starts_with($name, 'Psr\\');
    }

    private static function isSpecial(string $name): bool
    {
        return in_array(strtolower($name), ['self', 'static', 'parent'], true);
    }

    private function classOf(Node $node): ?string
    {
        return match (true) {
            $node instanceof Expr\Variable && is_string($node->name) => $this->types[$node->name] ?? null,
            $node instanceof Expr\New_ && $node->class instanceof Node\Name => $node->class->toString(),
            default => null,
        };
    }

    /** @param array<Node\Arg|Node\VariadicPlaceholder> $args */
    private function arguments(Node $at, array $args, ?ReflectionFunctionAbstract $function, string $what): void
    {
        if ($function === null || str_starts_with($function->getName(), '__call')) {
            return;
        }
        $names = array_map(static fn (ReflectionParameter $p): string => $p->getName(), $function->getParameters());
        $given = 0;
        foreach ($args as $arg) {
            if (!$arg instanceof Node\Arg || $arg->unpack) {
                return;
            }
            $given++;
            if ($arg->name !== null && !$function->isVariadic() && !in_array($arg->name->toString(), $names, true)) {
                $this->problem($at, "$what has no argument " . $arg->name->toString());
            }
        }
        if ($given < $function->getNumberOfRequiredParameters()) {
            $this->problem($at, "$what needs {$function->getNumberOfRequiredParameters()} arguments");
        }
        if (!$function->isVariadic() && $given > count($names) && $function->isInternal()) {
            $this->problem($at, "$what takes " . count($names) . ' arguments');
        }
    }

    public function beforeTraverse(array $nodes): ?array
    {
        $find = function (array $nodes) use (&$find): void {
            foreach ($nodes as $node) {
                if ($node instanceof Node\Stmt\ClassLike && $node->name !== null) {
                    $this->declared[strtolower(($node->namespacedName ?? $node->name)->toString())] = true;
                }
                if ($node instanceof Node\Stmt\Function_) {
                    $this->declared[strtolower($node->name->toString()) . '()'] = true;
                }
                if ($node instanceof Node) {
                    foreach ($node->getSubNodeNames() as $name) {
                        $sub = $node->$name;
                        $find(is_array($sub) ? $sub : [$sub]);
                    }
                }
            }
        };
        $find($nodes);
        return null;
    }

    public function enterNode(Node $node): ?int
    {
        if ($node instanceof Expr\Assign && $node->var instanceof Expr\Variable && is_string($node->var->name)) {
            unset($this->types[$node->var->name]);
            if (($class = $this->classOf($node->expr)) !== null) {
                $this->types[$node->var->name] = $class;
            }
        }
        if ($node instanceof Node\Param && $node->type instanceof Node\Name && $node->var instanceof Expr\Variable) {
            $this->types[$node->var->name] = $node->type->toString();
        }
        if ($node instanceof Expr\ConstFetch) {
            $this->noClasses[] = $node->name;
        }
        if ($node instanceof Node\Name\FullyQualified) {
            $this->name($node);
        }
        match (true) {
            $node instanceof Expr\FuncCall => $this->call($node),
            $node instanceof Expr\New_ => $this->construct($node),
            $node instanceof Expr\StaticCall, $node instanceof Expr\MethodCall => $this->method($node),
            $node instanceof Expr\ClassConstFetch => $this->constant($node),
            $node instanceof Expr\StaticPropertyFetch, $node instanceof Expr\PropertyFetch => $this->property($node),
            default => null,
        };
        return null;
    }

    /** @var list<Node> names of functions and constants, which are no classes */
    private array $noClasses = [];

    private function name(Node\Name $name): void
    {
        if (in_array($name, $this->noClasses, true)) {
            return;
        }
        if (!$this->known($name->toString())) {
            $this->problem($name, 'there is no class ' . $name->toString());
        }
    }

    private function call(Expr\FuncCall $node): void
    {
        if (!$node->name instanceof Node\Name) {
            return;
        }
        $this->noClasses[] = $node->name;
        $name = $node->name->getAttribute('namespacedName')?->toString() ?? $node->name->toString();
        if (!function_exists($name)) {
            $name = $node->name->toString();
        }
        if (!function_exists($name)) {
            if (!isset($this->declared[strtolower($name) . '()'])) {
                $this->problem($node, "there is no function $name()");
            }
            return;
        }
        $this->arguments($node, $node->args, new ReflectionFunction($name), "$name()");
    }

    private function construct(Expr\New_ $node): void
    {
        if (!$node->class instanceof Node\Name || !class_exists($node->class->toString())) {
            return;
        }
        $class = new ReflectionClass($node->class->toString());
        $this->arguments($node, $node->args, $class->getConstructor(), "new {$class->getName()}()");
    }

    private function method(Expr\StaticCall|Expr\MethodCall $node): void
    {
        $class = $node instanceof Expr\StaticCall
            ? ($node->class instanceof Node\Name ? $node->class->toString() : null)
            : $this->classOf($node->var);
        if ($class === null || self::isSpecial($class) || !$this->exists($class) || !$node->name instanceof Node\Identifier) {
            return;
        }
        $name = $node->name->toString();
        $magic = $node instanceof Expr\StaticCall ? '__callStatic' : '__call';
        if (!method_exists($class, $name)) {
            if (!method_exists($class, $magic)) {
                $this->problem($node, "$class has no method $name()");
            }
            return;
        }
        $this->arguments($node, $node->args, new ReflectionMethod($class, $name), "$class::$name()");
    }

    private function exists(string $class): bool
    {
        return class_exists($class) || interface_exists($class) || enum_exists($class);
    }

    private function constant(Expr\ClassConstFetch $node): void
    {
        if (!$node->class instanceof Node\Name || self::isSpecial($node->class->toString())
            || !$node->name instanceof Node\Identifier || $node->name->toString() === 'class'
            || !$this->exists($node->class->toString())) {
            return;
        }
        if (!defined($node->class->toString() . '::' . $node->name->toString())) {
            $this->problem($node, $node->class->toString() . ' has no constant ' . $node->name->toString());
        }
    }

    private function property(Expr\StaticPropertyFetch|Expr\PropertyFetch $node): void
    {
        $class = $node instanceof Expr\StaticPropertyFetch
            ? ($node->class instanceof Node\Name ? $node->class->toString() : null)
            : $this->classOf($node->var);
        if ($class === null || self::isSpecial($class) || !$this->exists($class)
            || !($node->name instanceof Node\Identifier || $node->name instanceof Node\VarLikeIdentifier)) {
            return;
        }
        $name = $node->name->toString();
        if (!property_exists($class, $name) && !method_exists($class, '__get')) {
            $this->problem($node, "$class has no property \$$name");
        }
    }
}

/** @return list<string> what is wrong with a file, with lines */
function resolve(string $source): array
{
    try {
        $nodes = (new ParserFactory())->createForHostVersion()->parse($source);
    } catch (PhpParser\Error $e) {
        return [$e->getStartLine() . ': ' . $e->getRawMessage()];
    }
    $names = new NodeTraverser();
    $names->addVisitor(new NameResolver());
    $nodes = $names->traverse($nodes);
    $resolver = new Resolver();
    $traverser = new NodeTraverser();
    $traverser->addVisitor($resolver);
    $traverser->traverse($nodes);
    return $resolver->problems;
}

require __DIR__ . '/stubs.php';

$jobs = json_decode(stream_get_contents(STDIN), true, flags: JSON_THROW_ON_ERROR);
set_error_handler(static function (int $level, string $message): never {
    throw new ErrorException($message, 0, $level);
});
$failed = 0;
foreach ($jobs as $i => $job) {
    $imports = '';
    foreach (IMPORTS as $class) {
        $short = substr($class, strrpos($class, '\\') + 1);
        $both = $job['preamble'] . $job['code'];
        $isUsed = preg_match('/(?<![\\\\\w$>])' . $short . '\b/', $both) === 1;
        $isImported = preg_match('/^use [^;]*\b' . $short . '\b[^;]*;/m', $both) === 1;
        if ($isUsed && !$isImported) {
            $imports .= "use $class; ";
        }
    }
    // Imports of the fragment itself go to the top, where its lines keep their numbers.
    $above = "<?php $imports\n" . $job['preamble'] . "\n";
    $offset = substr_count($above, "\n") - $job['line'];
    $file = getcwd() . "/fragment$i.php";
    file_put_contents($file, $above . $job['code']);
    $where = static fn (int $line): string => $line - $offset > $job['line']
        ? $job['where'] . ':' . ($line - $offset)
        : $job['where'] . ':' . $job['line'] . ' (preamble)';
    try {
        echo $job['where'], ':', $job['line'], "\n"; // who hangs is the last one
        $problems = resolve($above . $job['code']);
        foreach ($problems as $problem) {
            [$line, $what] = explode(': ', $problem, 2);
            echo $where((int)$line), ": $what\n";
            $failed++;
        }
        if ($problems !== [] || str_contains($job['code'], 'runAll()')) {
            continue;
        }
        ob_start();
        (static function () use ($file, $job): void {
            $first = strtok($job['code'], "\n");
            $resolveOnly = [];
            if (preg_match('/^\$resolveOnly = \[.*?\];/ms', $job['preamble'], $m)) {
                eval($m[0]);
            }
            foreach ($resolveOnly as $prefix) {
                if (str_starts_with($first, $prefix)) {
                    return;
                }
            }
            include $file;
        })();
        ob_end_clean();
        Workerman\Worker::$globalEvent = null;
    } catch (Throwable $e) {
        if (ob_get_level() > 0) {
            ob_end_clean();
        }
        $line = $e->getFile() === $file ? $e->getLine() : 0;
        foreach ($e->getTrace() as $frame) {
            $line = $line === 0 && ($frame['file'] ?? '') === $file ? $frame['line'] : $line;
        }
        echo $where($line), ': ', $e::class, ': ', $e->getMessage(), "\n";
        $failed++;
    }
}
echo count($jobs), " fragments\n";
exit($failed === 0 ? 0 : 1);
