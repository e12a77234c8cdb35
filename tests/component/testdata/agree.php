<?php

// Reads the stubs under other names and compares each method with that of the class itself.
declare(strict_types=1);

$code = file_get_contents($argv[1]);
$code = preg_replace('/^namespace (\w+)/m', 'namespace Stub\\\\$1', substr($code, 5));
$code = str_replace('\Fixture\\', '\Stub\Fixture\\', $code);
eval(preg_replace('/\{\n\s+\}$/m', '{ throw new Exception(); }', $code));

function signature(ReflectionMethod $m): string
{
    $params = array_map(static function (ReflectionParameter $p): string {
        $default = $p->isDefaultValueAvailable() ? ' = ' . json_encode($p->getDefaultValue()) : '';

        return $p->getType() . ($p->isVariadic() ? ' ...$' : ' $') . $p->getName() . $default;
    }, $m->getParameters());
    $text = ($m->isStatic() ? 'static ' : '') . $m->getName() . '(' . implode(', ', $params) . '): ' . $m->getReturnType();

    return str_replace('Stub\\', '', $text);
}

$count = 0;
foreach (get_declared_classes() as $class) {
    if (!str_starts_with($class, 'Stub\\') || enum_exists($class) || $class === 'Stub\Phalanx\Sequence') {
        continue;
    }
    foreach ((new ReflectionClass($class))->getMethods() as $stub) {
        $real = substr($class, 5);
        if (!method_exists($real, $stub->getName())) {
            if ($stub->isConstructor() && $stub->isPrivate()) {
                continue;
            }
            exit("$real has no {$stub->getName()}()\n");
        }
        $is = signature(new ReflectionMethod($real, $stub->getName()));
        if ($is !== signature($stub)) {
            exit("$is\nis in the stubs\n" . signature($stub) . "\n");
        }
        $count++;
    }
}
echo "$count methods agree\n";
