--TEST--
Reflection sees the types, names and defaults
--FILE--
<?php
$class = new ReflectionClass('Fixture\Types');
foreach (['named', 'variadic', 'row', 'time', 'child', 'children', 'total', 'nullable', 'maybe', 'nothing', 'any', 'level', 'line', 'several'] as $name) {
    $m = $class->getMethod($name);
    $params = [];
    foreach ($m->getParameters() as $p) {
        $params[] = $p->getType() . ($p->isVariadic() ? ' ...' : ' ') . '$' . $p->getName()
            . ($p->isOptional() && !$p->isVariadic() ? ' = ' . json_encode($p->getDefaultValue()) : '');
    }
    echo $name, '(', implode(', ', $params), '): ', $m->getReturnType(), "\n";
}
echo (new ReflectionMethod('Fixture\Waiter', 'compute'))->getDocComment(), "\n";
echo implode(' ', class_implements('Fixture\Collection')), "\n";
foreach ((new ReflectionClass('Fixture\Counter'))->getProperties() as $p) {
    echo $p->getType(), ' $', $p->getName(), $p->isReadOnly() ? ' readonly' : '', "\n";
}
foreach ((new ReflectionClass('Fixture\Line'))->getConstructor()->getParameters() as $p) {
    echo $p->getType(), ' $', $p->getName(), "\n";
}
foreach ((new ReflectionClass('Fixture\Greeter'))->getReflectionConstants() as $c) {
    echo $c->getType(), ' ', $c->getName(), ' ', var_export($c->getValue(), true), "\n";
}
var_dump((new ReflectionEnum('Fixture\Colour'))->getBackingType()->getName(), (new ReflectionClass('Fixture\Point'))->isFinal());
eval('class Wrong extends Fixture\Greeter { public function hello(int $name): string { return ""; } }');
?>
--EXPECTF--
named(int $id, float $timeout = 1.5, string $mode = "fast", Fixture\Level $level = 10, array $tags = ["a"], ?int $limit = null): string
variadic(string $arg1, string ...$arg2): string
row(array $arg1): array
time(DateTimeInterface $arg1): DateTimeImmutable
child(int $arg1): ?Fixture\Child
children(int $arg1): array
total(Fixture\Child ...$arg1): int
nullable(?int $arg1 = null): ?string
maybe(bool $arg1): ?string
nothing(): void
any(mixed $arg1): mixed
level(Fixture\Level $arg1): Fixture\Level
line(Fixture\Line $arg1): ?Fixture\Line
several(): array
/**
 * @param callable(int): int $arg2
 * @throws \Phalanx\Exception\TimeoutException when the time of Phalanx\timeout() is over
 */
Countable ArrayAccess JsonSerializable IteratorAggregate Traversable
int $n
string $label
Fixture\Point $point
DateTimeImmutable $since readonly
?Fixture\Child $child
array $tags
Fixture\Point $from
Fixture\Point $to
Fixture\Colour $colour
DateTimeImmutable $drawn
string DEFAULT 'Hello'
int LIMIT 10
float RATIO 0.5
bool STRICT true
string(6) "string"
bool(true)

Fatal error: Declaration of Wrong::hello(int $name): string must be compatible with Fixture\Greeter::hello(string $name): string in %s on line %d
